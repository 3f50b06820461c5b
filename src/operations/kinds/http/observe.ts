// An exchange as a person sees it who tries a declaration. Invariant: nothing that is shown holds a secret.
import { OperationError } from '../../../contract/errors.ts';
import type { Json } from '../../../contract/json.ts';
import type { HttpRequest } from '../../../http/client.ts';
import type { DeclaredContext } from '../../context.ts';
import type { Redactor } from '../template/redact.ts';
import type { Exchanged } from './exchange.ts';

/** Credentials that are made of secrets, such as a signature, are none of them. */
const CREDENTIALS = /^(authorization|x-amz-security-token|cookie)$/;

/** Makes an exchange, and shows it to whom looks on. */
export async function observe(
  { observe: show }: DeclaredContext,
  { method, url, headers, body }: HttpRequest,
  redactor: Redactor,
  make: () => Promise<Exchanged>,
): Promise<Exchanged> {
  if (show === undefined) return make();
  const shown = {
    request: redactor.failing(`${method} ${url.href}`),
    headers: Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [
        name,
        CREDENTIALS.test(name) ? '[credentials]' : redactor.text(value),
      ]),
    ),
    body: typeof body === 'string' ? redactor.text(body) : body && `${body.size} bytes`,
  };
  try {
    const answer = await make();
    show({ ...shown, answer: { status: answer.status, body: redactor.json(toBody(answer)) } });
    return answer;
  } catch (thrown) {
    const { code, message, details = null } = redactor.error(thrown);
    show({ ...shown, error: { code, message, details } });
    throw thrown;
  }
}

/** The body as far as it can be read; why not, where it cannot. */
function toBody(answer: Exchanged): Json {
  try {
    return answer.read();
  } catch (thrown) {
    return thrown instanceof OperationError ? thrown.message : String(thrown);
  }
}
