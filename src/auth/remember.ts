// Tokens that were accepted a moment ago, so that a busy caller costs one check and not thousands. Invariants: a token is
// kept as its hash alone; nothing is kept past the token's own end; only what was accepted is kept.
import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Identity, Verification, Verify } from './identity.ts';

/** How long a check is good, in milliseconds: a revoked token may be taken for as long. */
const KEPT_MS = 30_000;

/** What all entries may take, in bytes. */
const MAX_BYTES = 4 * 1024 * 1024;

/** Wraps a check; callers with the same token at the same time share one. */
export function rememberAccepted(verify: Verify): Verify {
  const accepted = new LRUCache<string, Identity>({ maxSize: MAX_BYTES, sizeCalculation: toBytes });
  const running = new Map<string, Promise<Verification>>();

  const check = async (key: string, token: string): Promise<Verification> => {
    const verification = await verify(token);
    if (verification.kind === 'accepted') {
      const { identity } = verification;
      const ttl = Math.min(KEPT_MS, (identity.expiresAt ?? Infinity) - Date.now());
      if (ttl >= 1) accepted.set(key, identity, { ttl: Math.floor(ttl) });
    }
    return verification;
  };

  return (token) => {
    const key = hash('sha256', token, 'base64url');
    const identity = accepted.get(key);
    if (identity) return Promise.resolve({ kind: 'accepted', identity });
    const shared = running.get(key);
    if (shared) return shared;
    const started = check(key, token).finally(() => running.delete(key));
    running.set(key, started);
    return started;
  };
}

/** Two bytes a character, and what an entry costs beside its texts. */
function toBytes({ principal, scopes }: Identity): number {
  return [...scopes].reduce(
    (sum, scope) => sum + 2 * scope.length + 32,
    512 + 2 * principal.length,
  );
}
