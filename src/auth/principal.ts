// From a verified token to the principal. Invariant: tokens of different issuers, or of different subjects, never make the
// same principal, and none makes `local`, which is the caller of stdio.

/** Longest claim that names a principal, in characters. Source: OpenID Connect allows 255 for `sub`. */
const MAX_CLAIM = 255;

/** What decoders put in the place of what they cannot read. */
const LOST = '\ufffd';

/**
 * The principal of a token: its issuer, the claim and the claim's value. Neither an issuer nor the name of a claim has a
 * space, so the three cannot run into each other.
 *
 * @returns `null` when the claim is missing, or is no text of 1 to 255 characters; when one of its characters was lost, or will
 *   be in UTF-8, since two values would then be one
 */
export function toPrincipal(issuer: string, claim: string, value: unknown): string | null {
  if (typeof value !== 'string' || value.length === 0 || value.length > MAX_CLAIM) return null;
  if (!`${issuer}${claim}${value}`.isWellFormed() || value.includes(LOST)) return null;
  return `${issuer} ${claim} ${value}`;
}

/** Names that a static token may have: each is a principal as it stands. */
export function isTokenName(name: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._~-]{0,63}$/.test(name) && name !== 'local';
}
