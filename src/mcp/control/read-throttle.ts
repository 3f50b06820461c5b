// Reads that come far too early. A caller that keeps reading an unchanged task long before the hint that it was given is
// answered when the hint has passed or the task is done: slower, never refused. Invariants: no answer is delayed that has news,
// nor one to a caller that follows its hints; what is remembered is bounded, and forgetting it only makes answers quicker.
import { LRUCache } from 'lru-cache';
import { isDone, type Task } from '../../contract/task.ts';
import type { Polling } from '../../tasks/options.ts';
import { toPollAfterMs } from '../../tasks/poll-hint.ts';

/**
 * Early reads of an unchanged task, one after another, that are answered at once. Several agents of one principal, a
 * reload, or a second read after a moment are no loop.
 */
const FREE_READS = 5;

/** Share of the hint before which a read is early. `next_step` rounds to whole seconds, 1.4 s to 1 s. */
const EARLY = 0.5;

/** Tasks remembered, at about 200 bytes each; of more, those read longest ago are forgotten. */
const REMEMBERED = 10_000;

interface Read {
  readonly task: Task;
  readonly isDelayed: boolean;
}

/** Delays reads of one gateway. Another replica counts for itself. */
export interface ReadThrottle {
  /** The task at once, or, for a read that is early once too often, what `wait` finds it to be so many seconds later. */
  admit(principal: string, task: Task, wait: (seconds: number) => Promise<Task>): Promise<Read>;
  /** Lets the next reads pass: the caller has just changed the task, and wants to see what came of it. */
  forget(principal: string, taskRef: string): void;
}

interface Answered {
  readonly at: number;
  readonly pollAfterMs: number;
  readonly news: string;
  /** Early reads up to and with this one. */
  readonly early: number;
}

/** @param polling `holdSeconds`: longest delay, at most `waitCapSeconds`; 0 delays nothing */
export function createReadThrottle(
  polling: Polling & { readonly holdSeconds: number },
  clock = Date.now,
): ReadThrottle {
  const longestMs = Math.min(polling.holdSeconds, polling.waitCapSeconds) * 1000;
  const remembered = new LRUCache<string, Answered>({ max: REMEMBERED });
  return {
    admit: async (principal, task, wait) => {
      if (longestMs === 0) return { task, isDelayed: false };
      const key = toKey(principal, task.taskRef);
      const now = clock();
      const last = remembered.get(key);
      const news = toNews(task);
      const isEarly = last?.news === news && now < last.at + last.pollAfterMs * EARLY;
      const early = isEarly ? last.early + 1 : 0;
      const delayMs =
        isEarly && early > FREE_READS ? Math.min(last.at + last.pollAfterMs - now, longestMs) : 0;
      const isDelayed = delayMs > 0;
      const answered = isDelayed ? await wait(delayMs / 1000) : task;
      if (isDone(answered.state)) {
        remembered.delete(key);
      } else {
        const at = clock();
        const pollAfterMs = toPollAfterMs(answered, at, polling);
        const answeredNews = isDelayed ? toNews(answered) : news;
        remembered.set(key, {
          at,
          pollAfterMs,
          news: answeredNews,
          early: answeredNews === news ? early : 0,
        });
      }
      return { task: answered, isDelayed };
    },
    forget: (principal, taskRef) => {
      remembered.delete(toKey(principal, taskRef));
    },
  };
}

/** A task_ref has no spaces. */
function toKey(principal: string, taskRef: string): string {
  return `${taskRef} ${principal}`;
}

/** What makes a task worth another read. Progress does not: it changes all the time, and a hint allows for it. */
function toNews({ state, cancelRequested }: Task): string {
  const attempt = state.status === 'pending' ? null : state.attempt;
  const asked = state.status === 'input_required' ? Object.keys(state.requests) : [];
  return JSON.stringify([state.status, attempt, cancelRequested, asked]);
}
