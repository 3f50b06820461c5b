// Tokens of an authorization server: JWTs are checked here, all others are asked about, where that is configured.
import { createDiscovery } from './discovery.ts';
import { refuse, type Verify } from './identity.ts';
import { createIntrospector, type IntrospectorOptions } from './introspection.ts';
import { createJwtVerifier, type JwtVerifierOptions } from './jwt.ts';
import { rememberAccepted } from './remember.ts';

export interface OAuthOptions extends Omit<JwtVerifierOptions, 'discover'> {
  /** The client that asks about opaque tokens; `null` where there are none. */
  readonly introspection: Pick<IntrospectorOptions, 'clientId' | 'clientSecret'> | null;
}

/** Three parts, as a signed JWT has. */
const JWT = /^[\w-]+\.[\w-]+\.[\w-]*$/;

export function createOAuthVerifier({ introspection, ...rules }: OAuthOptions): Verify {
  const discover = createDiscovery(rules.issuer);
  const verifyJwt = createJwtVerifier({ ...rules, discover });
  const introspect = introspection && createIntrospector({ ...rules, ...introspection, discover });
  return rememberAccepted(async (token) => {
    if (JWT.test(token)) return verifyJwt(token);
    return introspect ? introspect(token) : refuse('it is no JWT');
  });
}
