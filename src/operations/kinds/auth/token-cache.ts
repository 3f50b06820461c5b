// Access tokens of OAuth 2 client credentials (RFC 6749 section 4.4), kept until shortly before they expire. Requests that
// need the same token at once wait for one answer.
import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { OperationError } from '../../../contract/errors.ts';
import { isJsonObject, type Json } from '../../../contract/json.ts';
import type { Service } from '../../services.ts';

/** A token, and until when it can be used. */
export interface AccessToken {
  readonly value: string;
  readonly untilMs: number;
}

/** Tokens by the request that gets them. */
export interface TokenCache extends AsyncDisposable {
  /**
   * The token of that request, from the cache where it has one.
   *
   * @param refused a token that the upstream no longer takes, and that is not handed out again
   */
  get(key: string, refused: string | null, request: () => Promise<AccessToken>): Promise<string>;
}

/** Before its end, in milliseconds, a token is no longer handed out: the request must arrive with it. */
const RESERVE_MS = 30_000;

const TOKENS = 1_000;

export const tokenCache: Service<TokenCache> = { open: createTokenCache };

function createTokenCache(): TokenCache {
  const known = new LRUCache<string, Promise<AccessToken>>({ max: TOKENS });
  return {
    get: async (key, refused, request) => {
      for (;;) {
        const asked = known.get(key);
        const token = await asked?.catch(() => null);
        if (token && token.value !== refused && token.untilMs - RESERVE_MS > Date.now()) {
          return token.value;
        }
        // The first one here asks; others find another request than the one they waited for, and wait for that.
        if (known.get(key) !== asked) continue;
        const asking = request();
        known.set(key, asking);
        return (await asking).value;
      }
    },
    [Symbol.asyncDispose]: async () => {
      known.clear();
      return Promise.resolve();
    },
  };
}

/** A key that holds no secret. */
export function toTokenKey(parts: readonly string[]): string {
  return hash('sha256', JSON.stringify(parts), 'base64url');
}

/** How long a token is used that does not say when it ends, in milliseconds. */
const UNSAID_MS = 300_000;

/** The token of an answer. Fails with `UPSTREAM_REJECTED` where there is none; the answer is never shown. */
export function toAccessToken(body: Json, where: string): AccessToken {
  const token = isJsonObject(body) ? body['access_token'] : undefined;
  if (typeof token !== 'string' || !/^[\x21-\x7e]+$/.test(token)) {
    throw new OperationError('UPSTREAM_REJECTED', `${where}, but the answer holds no access token`);
  }
  const seconds = isJsonObject(body) ? Number(body['expires_in'] ?? NaN) : NaN;
  const lastsMs = Number.isNaN(seconds) ? UNSAID_MS : seconds * 1000;
  // A token that ends at once is used by the request that asked for it.
  return { value: token, untilMs: Date.now() + lastsMs };
}
