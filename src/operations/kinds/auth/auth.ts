// An authentication applied to a request. Invariant: what it adds is known to the redactor of that exchange before anything is
// sent, and it is added only to requests for the origin of the declared URLs.
import { AwsV4Signer } from 'aws4fetch';
import { OperationError } from '../../../contract/errors.ts';
import type { DeclaredContext } from '../../context.ts';
import type { HttpRequest } from '../../../http/client.ts';
import { httpClients } from '../http/clients.ts';
import { exchange } from '../http/exchange.ts';
import { isHeaderName, isHeaderValue } from '../http/header-template.ts';
import { parseUrlTemplate, renderUrl } from '../http/url-template.ts';
import type { Environment } from '../kind.ts';
import { createRedactor } from '../template/redact.ts';
import { renderText } from '../template/render.ts';
import { fieldsOf, parseTemplate } from '../template/template.ts';
import type { AuthDeclaration } from './auth-declaration.ts';
import { toAccessToken, tokenCache, toTokenKey } from './token-cache.ts';

/** A request with its authentication, and the secrets that came with it, by what stands for them. */
interface Authenticated {
  readonly request: HttpRequest;
  readonly secrets: ReadonlyMap<string, string>;
}

/** An authentication, read. */
export interface Auth {
  /** Secrets that it needs. */
  readonly references: readonly string[];
  /** Headers that it sets, in lower case. */
  readonly headerNames: readonly string[];
  /** Whether it signs the bytes of the body, so that they must be known beforehand. */
  readonly signsBody: boolean;
  /** Whether a 401 may mean that what it sent has expired, and that other credentials can be had. */
  readonly renews: boolean;
  /**
   * @param refused what it sent last, where the upstream answered 401; `null` at first
   */
  apply(
    request: HttpRequest,
    secrets: ReadonlyMap<string, string>,
    context: DeclaredContext,
    refused: string | null,
  ): Promise<Authenticated>;
}

/** What stands for an access token. */
export const ACCESS_TOKEN = 'access token';

/**
 * Reads an authentication.
 *
 * @throws {TypeError} when it cannot be used; the message says why
 */
export function parseAuth(declared: AuthDeclaration, environment: Environment): Auth {
  const fills = (source: string) => {
    const template = parseTemplate(source);
    if (fieldsOf(template).length > 0) {
      throw new TypeError(`${source}: no parameter may stand in an authentication`);
    }
    return template;
  };
  const text = (source: string, secrets: ReadonlyMap<string, string>): string =>
    renderText(fills(source), { fields: null, secrets }) ?? '';
  const parts = Object.entries(declared).flatMap(([name, value]) =>
    name === 'parameters' ? Object.values(value as Record<string, string>) : [value],
  );
  const references = parts.flatMap((part) =>
    name(part)
      ? fills(part).flatMap((piece) => (piece.kind === 'secret' ? [piece.reference] : []))
      : [],
  );
  const common = { references, signsBody: false, renews: false };
  switch (declared.type) {
    case 'basic':
      return {
        ...common,
        headerNames: ['authorization'],
        apply: async (request, secrets) => {
          const pair = `${text(declared.username, secrets)}:${text(declared.password, secrets)}`;
          return withHeader(
            request,
            'authorization',
            `Basic ${Buffer.from(pair).toString('base64')}`,
          );
        },
      };
    case 'apiKey': {
      const key = declared.name;
      if (declared.in === 'header' && !isHeaderName(key)) {
        throw new TypeError(`header ${key}: the HTTP client sets it by itself`);
      }
      return {
        ...common,
        headerNames: declared.in === 'header' ? [key.toLowerCase()] : [],
        apply: async (request, secrets) => {
          const value = text(declared.value, secrets);
          if (declared.in === 'header') return withHeader(request, key.toLowerCase(), value);
          const url = new URL(request.url);
          url.searchParams.set(key, value);
          return Promise.resolve({ request: { ...request, url }, secrets: new Map() });
        },
      };
    }
    case 'oauth2': {
      const address = parseUrlTemplate(declared.tokenUrl, environment);
      if (address.start !== null || address.segments.flatMap(fieldsOf).length > 0) {
        throw new TypeError(`${declared.tokenUrl}: the URL of the token is literal`);
      }
      return {
        ...common,
        headerNames: ['authorization'],
        renews: true,
        apply: async (request, secrets, context, refused) => {
          const cache = await context.services.get(tokenCache);
          const [id, secret] = [
            text(declared.clientId, secrets),
            text(declared.clientSecret, secrets),
          ];
          const byBasic = declared.clientAuthentication === 'basic';
          const form = new URLSearchParams({
            grant_type: 'client_credentials',
            ...(declared.scope !== undefined && { scope: text(declared.scope, secrets) }),
            ...(!byBasic && { client_id: id, client_secret: secret }),
          });
          for (const [name, value] of Object.entries(declared.parameters)) {
            form.set(name, text(value, secrets));
          }
          const pair = `${encodeURIComponent(id)}:${encodeURIComponent(secret)}`;
          const url = renderUrl(address, { fields: null, secrets });
          const asked: HttpRequest = {
            method: 'POST',
            url,
            headers: {
              accept: 'application/json',
              'user-agent': 'longhaul',
              'content-type': 'application/x-www-form-urlencoded',
              ...(byBasic && { authorization: `Basic ${Buffer.from(pair).toString('base64')}` }),
            },
            body: form.toString(),
          };
          const token = await cache.get(
            toTokenKey([url.href, id, secret, form.toString()]),
            refused,
            async () => requestToken(asked, secrets, context),
          );
          const { request: sent } = await withHeader(request, 'authorization', `Bearer ${token}`);
          return { request: sent, secrets: new Map([[ACCESS_TOKEN, token]]) };
        },
      };
    }
    case 'awsSigV4':
      return {
        ...common,
        headerNames: ['authorization', 'x-amz-date', 'x-amz-security-token'],
        signsBody: true,
        apply: async (request, secrets) => {
          const session = declared.sessionToken;
          const signer = new AwsV4Signer({
            method: request.method,
            url: request.url.href,
            headers: { ...request.headers },
            ...(typeof request.body === 'string' && { body: request.body }),
            region: text(declared.region, secrets),
            service: text(declared.service, secrets),
            accessKeyId: text(declared.accessKeyId, secrets),
            secretAccessKey: text(declared.secretAccessKey, secrets),
            ...(session !== undefined && { sessionToken: text(session, secrets) }),
          });
          const { url, headers } = await signer.sign();
          const signed = Object.fromEntries([...headers].filter(([name]) => name !== 'host'));
          return { request: { ...request, url, headers: signed }, secrets: new Map() };
        },
      };
  }
}

function name(part: unknown): part is string {
  return typeof part === 'string';
}

async function withHeader(
  request: HttpRequest,
  name: string,
  value: string,
): Promise<Authenticated> {
  if (!isHeaderValue(value)) {
    throw new OperationError(
      'INTERNAL',
      `what authenticates the request cannot stand in the header ${name}: it is not one line of Latin-1 characters`,
    );
  }
  const headers = { ...request.headers, [name]: value };
  return Promise.resolve({ request: { ...request, headers }, secrets: new Map() });
}

/** Most of a token's answer that is read, in bytes. */
const TOKEN_BYTES = 65_536;

/** Longest wait for a token, in milliseconds. */
const TOKEN_MS = 30_000;

/** Asks for a token. What fails says so of the token's URL, and a lost answer may be asked for again. */
async function requestToken(
  asked: HttpRequest,
  secrets: ReadonlyMap<string, string>,
  context: DeclaredContext,
) {
  const sent = new Map([...secrets, ['client credentials', asked.headers['authorization'] ?? '']]);
  // Not the signal of this attempt: others may wait for the same token.
  const signal = AbortSignal.timeout(TOKEN_MS);
  const redactor = createRedactor(sent);
  try {
    const answer = await exchange(asked, {
      signal,
      clients: await context.services.get(httpClients),
      repeatable: true,
      success: ['2xx'],
      errors: {},
      maxBytes: TOKEN_BYTES,
      redact: redactor.failing,
    });
    return toAccessToken(answer.read(), answer.where);
  } catch (thrown) {
    if (!signal.aborted) throw redactor.error(thrown);
    throw new OperationError(
      'UPSTREAM_UNAVAILABLE',
      `${asked.method} ${asked.url.origin}${asked.url.pathname}: no access token within ${TOKEN_MS} ms; nothing else was sent`,
      { cause: thrown },
    );
  }
}
