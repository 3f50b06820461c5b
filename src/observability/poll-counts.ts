// How often a task is asked for until its end is told. Invariant: the count of a task is told once, and what is kept is
// bounded.
import { LRUCache } from 'lru-cache';
import { isDone, type Task } from '../contract/task.ts';

/** Counts polls. */
export interface PollCounts {
  /** Counts one; the sum when this one told the end, `null` otherwise. */
  count(task: Task): number | null;
  /** Drops the count of a task whose end was told in another way. */
  forget(taskRef: string): void;
}

/** Tasks whose polls are counted at once: those asked for last. */
const TASKS = 10_000;

/** What stands for a task whose count was told. */
const TOLD = -1;

/** Creates the counts. */
export function createPollCounts(): PollCounts {
  const counts = new LRUCache<string, number>({ max: TASKS });
  return {
    count: ({ taskRef, state }) => {
      const before = counts.get(taskRef) ?? 0;
      if (before === TOLD) return null;
      counts.set(taskRef, isDone(state) ? TOLD : before + 1);
      return isDone(state) ? before + 1 : null;
    },
    forget: (taskRef) => {
      counts.set(taskRef, TOLD);
    },
  };
}
