// Who follows workflows in this process, beside the activities that run: following takes no slot of the worker. Invariant: when
// this stops, all of them have been told, and have had some time to hand over.
import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as delay } from 'node:timers/promises';

export interface Followers {
  /** Begins; `follow` never rejects. */
  add(follow: (signal: AbortSignal) => Promise<void>): void;
  stop(): Promise<void>;
}

const HAND_OVER_MS = 5_000;

export function createFollowers(): Followers {
  const stopping = new AbortController();
  const open = new Set<Promise<void>>();
  // What an activity binds to its calls, such as its own cancel, is none of a follower's.
  const outside = AsyncLocalStorage.snapshot();
  return {
    add: (follow) => {
      const following = outside(async () => follow(stopping.signal));
      open.add(following);
      void following.finally(() => open.delete(following));
    },
    stop: async () => {
      stopping.abort();
      await Promise.race([Promise.all(open), delay(HAND_OVER_MS, undefined, { ref: false })]);
    },
  };
}
