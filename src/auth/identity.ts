// Who calls, and what may be known of it. Invariant: an identity is made from a verified token alone, and never contains the
// token.

export interface Identity {
  /** Whose tasks these are: part of every workflow id. */
  readonly principal: string;
  readonly scopes: ReadonlySet<string>;
  /** When the token ends, in milliseconds since the epoch; `null` for one that does not end. */
  readonly expiresAt: number | null;
}

/** What came of a token. Reasons are shown to its sender, so they name no value of it. */
export type Verification =
  | { readonly kind: 'accepted'; readonly identity: Identity }
  | { readonly kind: 'refused'; readonly reason: string }
  /** It could not be checked: the authorization server is out of reach. */
  | { readonly kind: 'unavailable'; readonly reason: string };

/** Checks one token. Never rejects for anything that the token says. */
export type Verify = (token: string) => Promise<Verification>;

export function refuse(reason: string): Verification {
  return { kind: 'refused', reason };
}
