// A declared request, sent: secrets are read for this attempt alone, and nothing that leaves holds one.
import type { ErrorCode } from '../../../contract/errors.ts';
import type { Json, JsonObject } from '../../../contract/json.ts';
import type { DeclaredContext } from '../../context.ts';
import type { Environment } from '../kind.ts';
import { httpClients } from './clients.ts';
import { exchange, type Conduct, type Exchanged } from './exchange.ts';
import { toFileBody, withoutSecrets } from './file-body.ts';
import { toIdempotencyHeader } from './idempotency-header.ts';
import { createRedactor, type Redactor } from '../template/redact.ts';
import { parseRequest, type RequestDeclaration } from './request-template.ts';

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
}

/** An exchange that can be made. */
export interface DeclaredExchange {
  /** Fails with `INVALID_PARAMETERS` where the request could not be built; sends nothing. */
  check(fields: Json): void;
  /**
   * Makes the exchange, and takes from the answer what is wanted, while secrets can still be redacted.
   *
   * Fails as `exchange` does, and with `INTERNAL` when a secret cannot be read.
   */
  perform<T>(
    fields: Json,
    context: DeclaredContext,
    take: (answer: Exchanged, redactor: Redactor) => T,
  ): Promise<T>;
}

/**
 * Reads a declared exchange.
 *
 * @throws {TypeError} when it cannot be used; the message says why
 */
export function parseExchange(
  declaration: ExchangeDeclaration,
  { inputSchema, environment, repeatable, unusable, idempotencyHeader }: ExchangeSetting,
): DeclaredExchange {
  const template = parseRequest(declaration, inputSchema, environment);
  const { success, errors, maxBytes, method } = declaration;
  const keyHeader =
    method === 'GET' || method === 'HEAD' ? null : (idempotencyHeader?.toLowerCase() ?? null);
  if (keyHeader !== null && template.headerNames.has(keyHeader)) {
    throw new TypeError(
      `header ${keyHeader}: it is sent by itself; idempotencyHeader: false leaves it to you`,
    );
  }
  for (const status of success.map(String)) {
    if (status in errors)
      throw new TypeError(`status ${status} is both success and ${errors[status] ?? ''}`);
  }
  const stand = new Map(template.references.map((reference) => [reference, 'x']));
  return {
    check: (fields) => {
      template.render({ fields, secrets: stand });
    },
    perform: async (fields, context, take) => {
      const { signal } = context;
      const clients = await context.services.get(httpClients);
      const secrets = new Map<string, string>();
      for (const reference of template.references) {
        secrets.set(reference, await context.secret(reference));
      }
      const redactor = createRedactor(secrets, template.basePath);
      try {
        const { file: fileUri, ...request } = template.render({ fields, secrets });
        const file = fileUri === null ? null : await context.open(fileUri);
        const headers = {
          ...(file && { 'content-type': file.reference.mimeType }),
          ...request.headers,
          ...(keyHeader !== null && { [keyHeader]: toIdempotencyHeader(context.idempotencyKey) }),
        };
        const body = file ? toFileBody(file) : request.body;
        const conduct: Conduct = {
          ...{ signal, clients, repeatable, success, errors, maxBytes, redact: redactor.failing },
          ...(unusable && { unusable }),
          ...(declaration.store && {
            store: (content, mimeType, where) =>
              context.store(withoutSecrets(content, secrets.values(), where), mimeType),
          }),
        };
        return take(await exchange({ ...request, headers, body }, conduct), redactor);
      } catch (thrown) {
        throw signal.aborted ? signal.reason : redactor.error(thrown);
      }
    },
  };
}
