// Scopes: what a token allows. Invariant: what is no scope by the grammar of OAuth 2.1 is never granted.

/** Reading tasks of one's own. */
export const READ = 'tasks:read';
/** Starting, answering and cancelling tasks of one's own, and the answers to that. */
export const WRITE = 'tasks:write';
/** Answering what tasks of one's own ask, and nothing else; `WRITE` implies it. */
export const ANSWER = 'tasks:answer';

/** Reading the payloads of every task, through the codec server: an operator's right, and no caller's. */
export const DECODE = 'payloads:decode';

/** Seeing and ending every task, through the Temporal UI of the embedded server: an operator's right, and no caller's. */
export const OPERATE = 'temporal:operate';

/** A scope. Source: RFC 6749, section 3.3. */
export const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]{1,200}$/;

export function holds(held: ReadonlySet<string>, scope: string): boolean {
  return held.has(scope) || (scope === ANSWER && held.has(WRITE));
}

/** The scopes of a token: `scope` (RFC 8693, RFC 9068), or `scp`, as some authorization servers write it. */
export function readScopes(claims: Readonly<Record<string, unknown>>): ReadonlySet<string> {
  const given = claims['scope'] ?? claims['scp'];
  const listed: readonly unknown[] =
    typeof given === 'string' ? given.split(' ') : Array.isArray(given) ? given : [];
  return new Set(
    listed.filter((scope) => typeof scope === 'string' && SCOPE.test(scope)),
  ) as Set<string>;
}
