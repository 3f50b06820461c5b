// Who follows workflows in this process, beside the activities that run: following takes no slot of the worker. Invariant: when
// this stops, all of them have been told, and have had some time to hand over.
import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as delay } from 'node:timers/promises';

export interface Followers {
  /** Begins; `follow` never rejects. It ends soon after its signal is aborted, by `stop` or by itself. */
  add(follow: (stopping: AbortController) => Promise<void>): void;
  stop(): Promise<void>;
  /** Reports what a person should know. */
  warn(message: string, fields: Readonly<Record<string, string>>): void;
}

const HAND_OVER_MS = 5_000;

export function createFollowers(warn: Followers['warn']): Followers {
  const open = new Map<AbortController, Promise<void>>();
  // What an activity binds to its calls, such as its own cancel, is none of a follower's, nor is what it keeps in memory.
  const outside = AsyncLocalStorage.snapshot();
  return {
    warn,
    add: (follow) => {
      outside(() => {
        const stopping = new AbortController();
        open.set(
          stopping,
          follow(stopping).finally(() => open.delete(stopping)),
        );
      });
    },
    stop: async () => {
      const all = [...open.values()];
      for (const stopping of open.keys()) stopping.abort();
      await Promise.race([Promise.all(all), delay(HAND_OVER_MS, undefined, { ref: false })]);
    },
  };
}
