// A declared request, sent: secrets are read for this attempt alone, and nothing that leaves holds one.
import type { DeclaredContext } from '../../context.ts';
import type { Environment } from '../kind.ts';
import { httpClients } from './clients.ts';
import { ACCESS_TOKEN, type Auth } from '../auth/auth.ts';
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
import { createRedactor, type Redactor } from '../template/redact.ts';
import { parseRequest, type RequestDeclaration, type RequestTemplate } from './request-template.ts';

/** A declared exchange: the request, and how its answer is judged. */
export interface ExchangeDeclaration extends RequestDeclaration {
  readonly success: readonly (number | string)[];
  readonly errors: Readonly<Record<string, ErrorCode>>;
  readonly maxBytes: number;
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

/** An exchange that can be made. */
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

/**
 * Reads a declared exchange.
 *
 * @throws {TypeError} when it cannot be used; the message says why
 */
export function parseExchange(
  declaration: ExchangeDeclaration,
  setting: ExchangeSetting,
): DeclaredExchange {
  const { inputSchema, environment, repeatable, unusable, idempotencyHeader, auth, origins, home } =
    setting;
  const template = parseRequest(declaration, inputSchema, environment);
  const { success, errors, maxBytes, method } = declaration;
  const keyHeader =
    method === 'GET' || method === 'HEAD' ? null : (idempotencyHeader?.toLowerCase() ?? null);
  if (keyHeader !== null && template.headerNames.has(keyHeader)) {
    throw new TypeError(
      `header ${keyHeader}: it is sent by itself; idempotencyHeader: false leaves it to you`,
    );
  }
  if (template.start !== null && home === null) {
    throw new TypeError('url: scheme, host and port are literal; no parameter may stand there');
  }
  checkAuth(auth, template, keyHeader);
  for (const status of success.map(String)) {
    if (status in errors)
      throw new TypeError(`status ${status} is both success and ${errors[status] ?? ''}`);
  }
  const references = [...new Set([...template.references, ...(auth?.references ?? [])])];
  const stand = new Map(references.map((reference) => [reference, 'x']));
  const build = async (
    fields: Json,
    secrets: ReadonlyMap<string, string>,
    context: DeclaredContext,
  ) => {
    const key = toIdempotencyHeader(context.idempotencyKey);
    const {
      file: fileUri,
      body: content,
      ...request
    } = template.render(
      { fields: withOwn(fields, { idempotencyKey: key, ...toAddress(context) }), secrets },
      origins,
    );
    const file = fileUri === null ? null : await context.open(fileUri);
    const parts =
      typeof content === 'object' && content
        ? await toMultipart(content.parts, context.open)
        : null;
    const headers = {
      ...(file && { 'content-type': file.reference.mimeType }),
      ...request.headers,
      ...(parts && { 'content-type': parts.type }),
      ...(keyHeader !== null && { [keyHeader]: key }),
    };
    const text = typeof content === 'string' ? content : null;
    return { ...request, headers, body: file ? toFileBody(file) : (parts?.body ?? text) };
  };
  return {
    origin: template.origin,
    start: template.start,
    check: (fields) => {
      template.render({ fields: withOwn(fields, STAND_INS), secrets: stand }, origins);
    },
    perform: async <T>(
      fields: Json,
      context: DeclaredContext,
      take: (answer: Exchanged, redactor: Redactor) => T,
      change?: (url: URL) => URL,
    ) => {
      const { signal } = context;
      const clients = await context.services.get(httpClients);
      const secrets = new Map<string, string>();
      for (const reference of references) {
        secrets.set(reference, await context.secret(reference));
      }
      let redactor = createRedactor(secrets, template.basePath);
      const sendAs = async (request: HttpRequest): Promise<T> => {
        const conduct: Conduct = {
          ...{ signal, clients, repeatable, success, errors, maxBytes, redact: redactor.failing },
          ...(unusable && { unusable }),
          mayLeaveTo: (url) => request.body === null && origins.has(url.origin),
          ...(declaration.store && {
            store: (content, mimeType, where) =>
              context.store(withoutSecrets(content, secrets.values(), where), mimeType),
          }),
        };
        const answer = await observe(context, request, redactor, async () =>
          exchange(request, conduct),
        );
        return take(answer, redactor);
      };
      /** What was sent last, where it was refused. */
      const authenticate = async (request: HttpRequest, refused: string | null) => {
        if (auth === null) return request;
        const applied = await auth.apply(request, secrets, context, refused);
        for (const [name, secret] of applied.secrets) secrets.set(name, secret);
        redactor = createRedactor(secrets, template.basePath);
        return applied.request;
      };
      try {
        const built = await build(fields, secrets, context);
        const request = change ? { ...built, url: change(built.url) } : built;
        const own = template.origin ?? home;
        if (change) checkOrigin(request.url, new Set([built.url.origin, ...origins]));
        // Credentials are for the origin that was declared; another listed one is asked without them.
        if (request.url.origin !== own) {
          return await sendAs({ ...request, headers: withoutCredentials(request.headers) });
        }
        const first = await authenticate(request, null);
        try {
          return await sendAs(first);
        } catch (thrown) {
          if (!auth?.renews || !isUnauthorized(thrown)) throw thrown;
          return await sendAs(await authenticate(request, secrets.get(ACCESS_TOKEN) ?? null));
        }
      } catch (thrown) {
        throw signal.aborted ? signal.reason : redactor.error(thrown);
      }
    },
  };
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

/** What a request may name beside its parameters: the key, and where the upstream may call back. */
type OwnField = 'idempotencyKey' | 'callback_url';

const STAND_INS: Readonly<Record<OwnField, string>> = { idempotencyKey: 'x', callback_url: 'x' };

function toAddress({ callbackUrl }: DeclaredContext): { readonly callback_url?: string } {
  return callbackUrl === undefined ? {} : { callback_url: callbackUrl };
}

/** What belongs to the request beside its parameters, unless one of them is called so. */
function withOwn(fields: Json, own: Partial<Record<OwnField, string>>): Json {
  return isJsonObject(fields) ? { ...own, ...fields } : fields;
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

/** The schema of the parameters with the key of the request beside them, unless one of them is called so. */
export function withIdempotencyKey(inputSchema: JsonObject): JsonObject {
  return withField(inputSchema, 'idempotencyKey');
}

/** The schema of the parameters with a field of Longhaul's own beside them, unless one of them is called so. */
export function withField(inputSchema: JsonObject, name: OwnField): JsonObject {
  const { properties, required = [] } = inputSchema;
  const fields = isJsonObject(properties) ? properties : {};
  if (name in fields) return inputSchema;
  return {
    ...inputSchema,
    properties: { ...fields, [name]: { type: 'string' } },
    required: [...(required as readonly Json[]), name],
  };
}
