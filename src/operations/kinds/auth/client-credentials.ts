// Client credentials of OAuth 2: a token is asked for, kept until it expires, and asked for again where it was refused.
import { OperationError } from '../../../contract/errors.ts';
import type { HttpRequest } from '../../../http/client.ts';
import type { DeclaredContext } from '../../context.ts';
import { httpClients } from '../http/clients.ts';
import { exchange } from '../http/exchange.ts';
import { parseUrlTemplate, renderUrl } from '../http/url-template.ts';
import type { Environment } from '../kind.ts';
import { createRedactor } from '../template/redact.ts';
import { fieldsOf } from '../template/template.ts';
import type { AuthDeclaration } from './auth-declaration.ts';
import { toBasic, withHeader, type Fill, type Scheme } from './scheme.ts';
import { toAccessToken, tokenCache, toTokenKey, type AccessToken } from './token-cache.ts';

export function createClientCredentials(
  declared: Extract<AuthDeclaration, { readonly type: 'oauth2' }>,
  fill: Fill,
  environment: Environment,
): Scheme {
  const address = parseUrlTemplate(declared.tokenUrl, environment);
  if (address.start !== null || address.segments.flatMap(fieldsOf).length > 0) {
    throw new TypeError(`${declared.tokenUrl}: the URL of the token is literal`);
  }
  return {
    headerNames: ['authorization'],
    renews: true,
    apply: async (request, secrets, context, refused) => {
      const { scope, parameters, clientAuthentication } = declared;
      const id = fill(declared.clientId, secrets);
      const secret = fill(declared.clientSecret, secrets);
      const byBasic = clientAuthentication === 'basic';
      const form = new URLSearchParams({
        grant_type: 'client_credentials',
        ...(scope !== undefined && { scope: fill(scope, secrets) }),
        ...(!byBasic && { client_id: id, client_secret: secret }),
      });
      for (const [name, value] of Object.entries(parameters)) form.set(name, fill(value, secrets));
      const body = form.toString();
      const url = renderUrl(address, { fields: null, secrets });
      const authorization = toBasic(encodeURIComponent(id), encodeURIComponent(secret));
      const asked: HttpRequest = {
        method: 'POST',
        url,
        headers: {
          accept: 'application/json',
          'user-agent': 'longhaul',
          'content-type': 'application/x-www-form-urlencoded',
          ...(byBasic && { authorization }),
        },
        body,
      };
      const cache = await context.services.get(tokenCache);
      const token = await cache.get(toTokenKey([url.href, id, secret, body]), refused, async () =>
        requestToken(asked, secrets, context),
      );
      return { ...withHeader(request, 'authorization', `Bearer ${token}`), token };
    },
  };
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
): Promise<AccessToken> {
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
