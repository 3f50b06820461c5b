// How often a task is asked for until its end is shown. Invariant: the count of a task is reported once, and what is kept is
// bounded.
import { LRUCache } from 'lru-cache';
import { isDone, type Task } from '../contract/task.ts';

export interface PollCounts {
  /** Counts one; the sum when this one showed the end, `null` otherwise. */
  count(task: Task): number | null;
  /** Drops the count of a task whose end was shown in another way. */
  forget(taskRef: string): void;
}

/** Tasks whose polls are counted at once: those asked for last. */
const TASKS = 10_000;

/** What stands for a task whose count was reported. */
const REPORTED = -1;

export function createPollCounts(): PollCounts {
  const counts = new LRUCache<string, number>({ max: TASKS });
  return {
    count: ({ taskRef, state }) => {
      const before = counts.get(taskRef) ?? 0;
      if (before === REPORTED) return null;
      counts.set(taskRef, isDone(state) ? REPORTED : before + 1);
      return isDone(state) ? before + 1 : null;
    },
    forget: (taskRef) => {
      counts.set(taskRef, REPORTED);
    },
  };
}
