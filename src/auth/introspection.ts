// Access tokens that mean nothing to us, asked about at the authorization server (RFC 7662). Invariants: a token is sent to
// the issuer's own endpoint alone, in a body, and strangers cannot make this server ask without bound.
import type { AuthorizationServer } from './discovery.ts';
import { fetchObject, UnreachableError } from './fetch-json.ts';
import { refuse, type Verify } from './identity.ts';
import { toVerification, type TokenRules } from './jwt.ts';

export interface IntrospectorOptions extends TokenRules {
  readonly clientId: string;
  /** Read at each question, so that a rotated secret is seen. */
  readonly clientSecret: () => Promise<string>;
  readonly discover: () => Promise<AuthorizationServer>;
}

/** Questions at the same time; a stranger can send one made-up token after another. */
const MAX_RUNNING = 32;

export function createIntrospector(options: IntrospectorOptions): Verify {
  const { issuer, audience, clockToleranceMs } = options;
  let running = 0;

  const ask = async (token: string) => {
    const { introspectionEndpoint: url } = await options.discover();
    if (url === null) throw new UnreachableError(`${issuer} publishes no introspection_endpoint`);
    return fetchObject(url, {
      method: 'POST',
      headers: {
        accept: 'application/json',
        authorization: toBasic(options.clientId, await options.clientSecret()),
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: new URLSearchParams({ token, token_type_hint: 'access_token' }).toString(),
    });
  };

  return async (token) => {
    if (running >= MAX_RUNNING)
      return { kind: 'unavailable', reason: 'too many tokens are being checked' };
    running += 1;
    try {
      const claims = await ask(token);
      if (claims['active'] !== true) return refuse('the token is not active');
      const { exp, iss, aud, token_type: type } = claims;
      if (iss !== undefined && iss !== issuer) return refuse('the token is of another issuer');
      if (![aud].flat().includes(audience))
        return refuse('the token was not issued for this server');
      if (typeof type === 'string' && type.toLowerCase() === 'dpop') {
        return refuse('the token is bound to a key, and is no bearer token');
      }
      if (typeof exp === 'number' && exp * 1000 + clockToleranceMs <= Date.now()) {
        return refuse('the token has expired');
      }
      // A client's own token may have no subject; naming the claim keeps it apart from a user of the same name.
      const isClient = options.principalClaim === 'sub' && claims['sub'] === undefined;
      return toVerification(claims, {
        ...options,
        ...(isClient && { principalClaim: 'client_id' }),
      });
    } catch (thrown) {
      const reason = thrown instanceof Error ? thrown.message : 'introspection failed';
      return { kind: 'unavailable', reason };
    } finally {
      running -= 1;
    }
  };
}

/** Source: RFC 6749, section 2.3.1: both parts are form-encoded first. */
function toBasic(clientId: string, clientSecret: string): string {
  const encode = (text: string) => new URLSearchParams({ text }).toString().slice('text='.length);
  return `Basic ${Buffer.from(`${encode(clientId)}:${encode(clientSecret)}`).toString('base64')}`;
}
