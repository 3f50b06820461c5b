// The Authorization header (RFC 6750, section 2.1). Invariant: exactly one header with exactly one token is taken; a proxy
// and this server can never read two different tokens out of one request.

export type BearerHeader =
  | { readonly kind: 'absent' }
  | { readonly kind: 'malformed'; readonly reason: string }
  | { readonly kind: 'token'; readonly token: string };

/** Longest token, in characters. Node's own limit for all headers together is 16 KiB. */
const MAX_TOKEN = 8192;

/** `b64token` of RFC 6750. */
const TOKEN = /^[A-Za-z0-9._~+/-]+=*$/;

export function parseBearer(values: readonly string[]): BearerHeader {
  const [value, ...more] = values;
  if (value === undefined) return { kind: 'absent' };
  if (more.length > 0) return malformed('there is more than one Authorization header');
  const [, token] = /^bearer +(\S+) *$/i.exec(value) ?? [];
  if (token === undefined) return malformed('the Authorization header is not "Bearer" and a token');
  if (token.length > MAX_TOKEN)
    return malformed(`the token is longer than ${MAX_TOKEN} characters`);
  return TOKEN.test(token)
    ? { kind: 'token', token }
    : malformed('the token has characters that no bearer token has');
}

function malformed(reason: string): BearerHeader {
  return { kind: 'malformed', reason };
}
