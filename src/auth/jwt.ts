// Access tokens that are JWTs (RFC 9068), checked with the authorization server's published keys. Invariants: the algorithm
// is one of the allowed asymmetric ones, whatever the header says; issuer and audience are ours; a token that is bound to
// a key of its client (DPoP, mTLS) is no bearer token and is refused.
import { createRemoteJWKSet, customFetch, errors, jwtVerify, type JWTPayload } from 'jose';
import type { AuthorizationServer } from './discovery.ts';
import { fetchBounded, UnreachableError } from './fetch-json.ts';
import { refuse, type Verification, type Verify } from './identity.ts';
import { toPrincipal } from './principal.ts';
import { readScopes } from './scopes.ts';

export interface TokenRules {
  readonly issuer: string;
  /** Whom tokens must be issued for (RFC 8707). */
  readonly audience: string;
  readonly principalClaim: string;
  /** How far clocks may differ, in milliseconds. */
  readonly clockToleranceMs: number;
}

export interface JwtVerifierOptions extends TokenRules {
  /** Asymmetric ones alone. */
  readonly algorithms: readonly string[];
  readonly discover: () => Promise<AuthorizationServer>;
  /** Shortest time between two searches for a key that is not known, in milliseconds. Default: 5 s. */
  readonly keyCooldownMs?: number;
}

/** Types that an access token may have; authorization servers from before RFC 9068 say `JWT` or nothing. */
const TYPES = new Set([undefined, 'jwt', 'at+jwt', 'application/at+jwt']);

/** Why a token is refused, by the code of `jose`. */
const REASONS: Readonly<Record<string, string>> = {
  ERR_JWT_EXPIRED: 'the token has expired',
  ERR_JOSE_ALG_NOT_ALLOWED: 'the algorithm of the token is not allowed',
  ERR_JWS_SIGNATURE_VERIFICATION_FAILED: 'the signature of the token is wrong',
  ERR_JWKS_NO_MATCHING_KEY: 'the authorization server has no such key',
};

export function createJwtVerifier(options: JwtVerifierOptions): Verify {
  const { issuer, audience, algorithms, clockToleranceMs, keyCooldownMs = 5_000 } = options;
  let keys: { readonly uri: string; readonly find: ReturnType<typeof createRemoteJWKSet> } | null =
    null;

  const findKeys = async () => {
    const { jwksUri } = await options.discover();
    if (jwksUri === null) throw new UnreachableError(`${issuer} publishes no jwks_uri`);
    if (keys?.uri !== jwksUri) {
      const find = createRemoteJWKSet(new URL(jwksUri), {
        cooldownDuration: keyCooldownMs,
        [customFetch]: async (url, { headers }) =>
          new Response(await fetchBounded(url, { headers })),
      });
      keys = { uri: jwksUri, find };
    }
    return keys.find;
  };

  return async (token) => {
    try {
      const { payload, protectedHeader } = await jwtVerify(token, await findKeys(), {
        issuer,
        audience,
        algorithms: [...algorithms],
        clockTolerance: clockToleranceMs / 1000,
        requiredClaims: ['exp'],
      });
      if (!TYPES.has(protectedHeader.typ?.toLowerCase())) return refuse('it is no access token');
      return toVerification(payload, options);
    } catch (thrown) {
      return toFailure(thrown);
    }
  };
}

/** The last second of the year 9999, since the epoch: what lies behind it is a mistake, or no date at all. */
const LAST_DATE = 253_402_300_799;

export function toVerification(claims: JWTPayload, rules: TokenRules): Verification {
  if (claims['cnf'] !== undefined)
    return refuse('the token is bound to a key, and is no bearer token');
  const { iat, exp } = claims;
  if (!isTime(exp)) return refuse('the token has no usable expiry');
  if (!isTime(iat)) return refuse('the token has no usable time of issue');
  if (iat !== undefined && iat * 1000 > Date.now() + rules.clockToleranceMs) {
    return refuse('the token says that it was issued in the future');
  }
  const principal = toPrincipal(rules.issuer, rules.principalClaim, claims[rules.principalClaim]);
  if (principal === null) return refuse(`the token has no usable claim ${rules.principalClaim}`);
  const expiresAt = exp === undefined ? null : exp * 1000 + rules.clockToleranceMs;
  return { kind: 'accepted', identity: { principal, scopes: readScopes(claims), expiresAt } };
}

/** Whether a claim is a date, or absent. An introspection's claims come unchecked. */
function isTime(value: unknown): boolean {
  return value === undefined || (typeof value === 'number' && Math.abs(value) <= LAST_DATE);
}

function toFailure(thrown: unknown): Verification {
  if (thrown instanceof UnreachableError) return { kind: 'unavailable', reason: thrown.message };
  const { JWKSInvalid, JWKSTimeout, JWTClaimValidationFailed, JOSEError } = errors;
  if (thrown instanceof JWKSInvalid || thrown instanceof JWKSTimeout) {
    return { kind: 'unavailable', reason: 'the keys of the authorization server cannot be used' };
  }
  if (thrown instanceof JWTClaimValidationFailed) {
    return refuse(CLAIMS[thrown.claim] ?? 'a claim of the token is missing or wrong');
  }
  const code = thrown instanceof JOSEError ? thrown.code : '';
  return refuse(REASONS[code] ?? 'it is no valid JWT');
}

const CLAIMS: Readonly<Record<string, string>> = {
  aud: 'the token was not issued for this server',
  iss: 'the token is of another issuer',
  nbf: 'the token is not valid yet',
  exp: 'the token does not say when it expires',
};
