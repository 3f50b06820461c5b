// One attempt to send a callback. Invariants: it goes to an allowed address that is public when the connection is made, no
// redirect is followed, nothing of the answer but its status counts, and a reason names neither secrets nor the query.
import type { Dispatcher } from 'undici';
import { OperationError } from '../contract/errors.ts';
import type { SendEnd, SendInput } from '../contract/workflow/callback.ts';
import { createLookupClient, headerOf, send } from '../http/client.ts';
import { parseRetryAfter } from '../http/retry-after.ts';
import { checkLiteral, createPublicLookup, type Resolve } from './address.ts';
import type { CallbackRules } from './rules.ts';
import { toKey, toSignedHeaders } from './sign.ts';

export interface SenderOptions {
  readonly rules: CallbackRules;
  /** Reads a secret by reference, at the moment of use. */
  readonly secret: (reference: string) => Promise<string>;
  readonly userAgent: string;
  /** How names are resolved; by the system unless given. */
  readonly resolve?: Resolve;
}

/** How long a receiver may take, in milliseconds. Source: Standard Webhooks 1.0.0, 15 to 30 s. */
const TIMEOUT_MS = 20_000;

/** How much of an answer is read before the connection is closed, in bytes. */
const ANSWER_BYTES = 16_384;

/** The answer of a receiver that wants no more. */
const GONE = 410;

/** Receivers that want no more, as far as this process remembers. */
const GONE_RECEIVERS = 1_000;

/** Creates what makes one attempt; it never rejects but for `signal`. */
export function createSender(
  options: SenderOptions,
): (input: SendInput, signal: AbortSignal) => Promise<SendEnd> {
  const { rules, secret, userAgent, resolve } = options;
  const client = createLookupClient(createPublicLookup(rules.mayBePrivate, resolve));
  const gone = new Set<string>();

  const toHeaders = async ({ id, body }: SendInput, references: readonly string[]) => {
    const keys = await Promise.all(references.map((reference) => readKey(secret, reference)));
    const timestamp = Math.floor(Date.now() / 1000);
    return {
      'content-type': 'application/json',
      'user-agent': userAgent,
      ...toSignedHeaders({ id, timestamp, body }, keys),
    };
  };

  return async (input, signal) => {
    const { task, body, requested } = input;
    if (gone.has(input.url) && !requested) return { kind: 'gone', status: GONE };
    const url = new URL(input.url);
    const references = rules.secretsOf(task.operation, input.url);
    if (references === null) return failed('callbacks.allow does not have the address (any more)');
    if (references.length === 0)
      return failed('there is no secret to sign with (callbacks.secrets)');
    try {
      checkLiteral(url.hostname, rules.mayBePrivate);
      const headers = await toHeaders(input, references);
      const end = await post({ url, headers, body }, client, signal);
      if (end.kind === 'gone') remember(gone, input.url);
      else gone.delete(input.url);
      return end;
    } catch (thrown) {
      if (signal.aborted) throw thrown;
      return failed(toReason(thrown));
    }
  };
}

interface Post {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

async function post(
  { url, headers, body }: Post,
  client: Dispatcher,
  signal: AbortSignal,
): Promise<SendEnd> {
  const limited = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
  const answer = await send({ method: 'POST', url, headers, body }, { signal: limited, client });
  const { statusCode: status } = answer;
  await answer.body.dump({ limit: ANSWER_BYTES, signal: limited }).catch(() => undefined);
  if (status >= 200 && status < 300) return { kind: 'delivered', status };
  if (status === GONE) return { kind: 'gone', status };
  const retryAfterMs = parseRetryAfter(headerOf(answer.headers, 'retry-after'), Date.now());
  const isRedirect = status >= 300 && status < 400;
  return {
    ...failed(`answered ${status}${isRedirect ? ', and redirects are not followed' : ''}`),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
}

function failed(reason: string): SendEnd & { readonly kind: 'failed' } {
  return { kind: 'failed', reason };
}

/** A failure of one secret is one of all: a receiver that knows only the other would call it forged. */
async function readKey(secret: SenderOptions['secret'], reference: string): Promise<Buffer> {
  const text = await secret(reference);
  try {
    return toKey(text);
  } catch (thrown) {
    throw new OperationError('INTERNAL', `secret ${reference}: ${(thrown as Error).message}`);
  }
}

function remember(gone: Set<string>, url: string): void {
  const [oldest] = gone;
  if (gone.size >= GONE_RECEIVERS && oldest !== undefined) gone.delete(oldest);
  gone.add(url);
}

/** What went wrong, in a few words of ours, which name no address and no secret. */
function toReason(thrown: unknown): string {
  const { name, code, message } = thrown as Partial<NodeJS.ErrnoException>;
  if (['AddressError', 'OperationError'].includes(name ?? '')) return message ?? '';
  if (name === 'TimeoutError') return `no answer within ${TIMEOUT_MS / 1000} s`;
  return `no connection, or a broken one (${code ?? name ?? 'unknown'})`;
}
