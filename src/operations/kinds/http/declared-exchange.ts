// A declared request, sent: secrets are read for this attempt alone, and nothing that leaves holds one.
import type { DeclaredContext } from '../../context.ts';
import type * as z from 'zod';
import type { Environment } from '../kind.ts';
import type { answerFields } from './exchange-declaration.ts';
import { httpClients } from './clients.ts';
import type { Auth } from '../auth/auth.ts';
import { OperationError, type ErrorCode } from '../../../contract/errors.ts';
import { isJsonObject, type Json, type JsonObject } from '../../../contract/json.ts';
import type { HttpRequest } from '../../../http/client.ts';
import { toMultipart } from './content.ts';
import { exchange, type Conduct, type Exchanged } from './exchange.ts';
import { observe } from './observe.ts';
import { checkOrigin } from './url-template.ts';
import { withoutCredentials } from './redirect.ts';
import { toFileBody, withoutSecrets } from './file-body.ts';
import { toIdempotencyHeader } from './idempotency-header.ts';
import { STAND_INS, toAddress, withOwn } from './own-fields.ts';
import { createRedactor, type Redactor } from '../template/redact.ts';
import { parseRequest, type RequestDeclaration, type RequestTemplate } from './request-template.ts';

/** A declared exchange: the request, and how its answer is judged. */
export interface ExchangeDeclaration
  extends RequestDeclaration, z.output<z.ZodObject<typeof answerFields>> {
  /** Whether the body of the answer becomes a file. Default: `false`. */
  readonly store?: boolean | undefined;
}

/** What the declaration of an exchange does not say itself. */
export interface ExchangeSetting {
  /** The parameters that placeholders may name. */
  readonly inputSchema: JsonObject;
  readonly environment: Environment;
  /** Whether sending the request again does no harm. */
  readonly repeatable: boolean;
  /** As in the conduct of the exchange. */
  readonly unusable?: ErrorCode;
  /** Header of the idempotency key; `null` sends none. */
  readonly idempotencyHeader: string | null;
  /** `null` where `headers` say it all. */
  readonly auth: Auth | null;
  /** Origins to which a URL of an answer, or a redirect of a request without content, may lead. */
  readonly origins: ReadonlySet<string>;
  /** The origin whose credentials are sent with a URL of an answer; `null` where no URL comes from an answer. */
  readonly home: string | null;
}

export interface DeclaredExchange {
  /** Fails with `INVALID_PARAMETERS` where the request could not be built; sends nothing. */
  check(fields: Json): void;
  /** Scheme, host and port of its URL; `null` where an answer says the URL. */
  readonly origin: string | null;
  /** The field with whose URL it begins; `null` where it begins as declared. */
  readonly start: readonly string[] | null;
  /**
   * Makes the exchange, and takes from the answer what is wanted, while secrets can still be redacted.
   *
   * Fails as `exchange` does, and with `INTERNAL` when a secret cannot be read.
   *
   * @param change makes the URL of another page from that of the first
   */
  perform<T>(
    fields: Json,
    context: DeclaredContext,
    take: (answer: Exchanged, redactor: Redactor) => T,
    change?: (url: URL) => URL,
  ): Promise<T>;
}

/** @throws {TypeError} when it cannot be used; the message says why */
export function parseExchange(
  declaration: ExchangeDeclaration,
  setting: ExchangeSetting,
): DeclaredExchange {
  const { inputSchema, environment, idempotencyHeader, auth, origins } = setting;
  const template = parseRequest(declaration, inputSchema, environment);
  const { method } = declaration;
  const keyHeader =
    method === 'GET' || method === 'HEAD' ? null : (idempotencyHeader?.toLowerCase() ?? null);
  checkSetting(declaration, setting, template, keyHeader);
  checkAuth(auth, template, keyHeader);
  const references = [...new Set([...template.references, ...(auth?.references ?? [])])];
  const parsed = { declaration, setting, template, keyHeader, references };
  const stand = new Map(references.map((reference) => [reference, 'x']));
  return {
    origin: template.origin,
    start: template.start,
    check: (fields) => {
      template.render({ fields: withOwn(fields, STAND_INS), secrets: stand }, origins);
    },
    perform: async (...given) => perform(parsed, ...given),
  };
}

interface ParsedExchange {
  readonly declaration: ExchangeDeclaration;
  readonly setting: ExchangeSetting;
  readonly template: RequestTemplate;
  /** The header of the idempotency key, in lower case; `null` sends none. */
  readonly keyHeader: string | null;
  /** Secrets that it needs. */
  readonly references: readonly string[];
}

/** What stands for an access token. */
const ACCESS_TOKEN = 'access token';

async function perform<T>(
  parsed: ParsedExchange,
  fields: Json,
  context: DeclaredContext,
  take: (answer: Exchanged, redactor: Redactor) => T,
  change?: (url: URL) => URL,
): Promise<T> {
  const { template, setting, references } = parsed;
  const { success, errors, maxBytes, store } = parsed.declaration;
  const { auth, origins, home, repeatable, unusable } = setting;
  const { signal } = context;
  const clients = await context.services.get(httpClients);
  const secrets = new Map<string, string>();
  for (const reference of references) secrets.set(reference, await context.secret(reference));
  const sendAs = async (request: HttpRequest): Promise<T> => {
    const redactor = createRedactor(secrets, template.basePath);
    const conduct: Conduct = {
      ...{ signal, clients, repeatable, success, errors, maxBytes, redact: redactor.failing },
      ...(unusable && { unusable }),
      mayLeaveTo: ({ origin }) => request.body === null && origins.has(origin),
      ...(store && {
        store: (content, mimeType, where) =>
          context.store(withoutSecrets(content, secrets.values(), where), mimeType),
      }),
    };
    const answer = await observe(context, request, redactor, async () =>
      exchange(request, conduct),
    );
    return take(answer, redactor);
  };
  try {
    const built = await build(parsed, fields, secrets, context);
    const request = change ? { ...built, url: change(built.url) } : built;
    if (change) checkOrigin(request.url, new Set([built.url.origin, ...origins]));
    // Credentials are for the origin that was declared; another listed one is asked without them.
    if (request.url.origin !== (template.origin ?? home)) {
      return await sendAs({ ...request, headers: withoutCredentials(request.headers) });
    }
    const authenticate = async (refused: string | null): Promise<HttpRequest> => {
      if (auth === null) return request;
      const authenticated = await auth.apply(request, secrets, context, refused);
      if (authenticated.token !== undefined) secrets.set(ACCESS_TOKEN, authenticated.token);
      return authenticated.request;
    };
    const first = await authenticate(null);
    try {
      return await sendAs(first);
    } catch (thrown) {
      if (!auth?.renews || !isUnauthorized(thrown)) throw thrown;
      return await sendAs(await authenticate(secrets.get(ACCESS_TOKEN) ?? null));
    }
  } catch (thrown) {
    throw signal.aborted ? signal.reason : createRedactor(secrets, template.basePath).error(thrown);
  }
}

/** The request with everything in it but what authenticates it. */
async function build(
  { template, keyHeader, setting }: ParsedExchange,
  fields: Json,
  secrets: ReadonlyMap<string, string>,
  context: DeclaredContext,
): Promise<HttpRequest> {
  const key = toIdempotencyHeader(context.idempotencyKey);
  const own = { idempotencyKey: key, ...toAddress(context) };
  const rendered = template.render({ fields: withOwn(fields, own), secrets }, setting.origins);
  const { file: fileUri, body: content, ...request } = rendered;
  const file = fileUri === null ? null : await context.open(fileUri);
  const parts =
    typeof content === 'object' && content ? await toMultipart(content.parts, context.open) : null;
  const headers = {
    ...(file && { 'content-type': file.reference.mimeType }),
    ...request.headers,
    ...(parts && { 'content-type': parts.type }),
    ...(keyHeader !== null && { [keyHeader]: key }),
  };
  const text = typeof content === 'string' ? content : null;
  return { ...request, headers, body: file ? toFileBody(file) : (parts?.body ?? text) };
}

/** Whether the upstream refused the credentials, and so did nothing. */
function isUnauthorized(thrown: unknown): boolean {
  return (
    thrown instanceof OperationError &&
    thrown.code !== 'OUTCOME_UNKNOWN' &&
    isJsonObject(thrown.details) &&
    thrown.details['status'] === 401
  );
}

function checkSetting(
  { success, errors }: ExchangeDeclaration,
  { home }: ExchangeSetting,
  template: RequestTemplate,
  keyHeader: string | null,
): void {
  if (keyHeader !== null && template.headerNames.has(keyHeader)) {
    throw new TypeError(
      `header ${keyHeader}: it is sent by itself; idempotencyHeader: false leaves it to you`,
    );
  }
  if (template.start !== null && home === null) {
    throw new TypeError('url: scheme, host and port are literal; no parameter may stand there');
  }
  const twice = success.map(String).find((status) => status in errors);
  if (twice !== undefined) {
    throw new TypeError(`status ${twice} is both success and ${errors[twice] ?? ''}`);
  }
}

function checkAuth(auth: Auth | null, template: RequestTemplate, keyHeader: string | null): void {
  if (auth === null) return;
  const twice = auth.headerNames.find(
    (name) => name === keyHeader || template.headerNames.has(name),
  );
  if (twice !== undefined) {
    throw new TypeError(`header ${twice}: auth sends it; it must not stand in headers, too`);
  }
  if (auth.signsBody && template.sendsFile) {
    throw new TypeError(
      'file: auth signs the bytes of a body, which those of a file are too many for; use defineJob or a signed URL',
    );
  }
}
