// When a task begins, and when its total time is over.
import type { TaskMemo } from '../../contract/workflow/memo.ts';
import type { Task } from '../../contract/task.ts';
import { BACKSTOP_MS } from '../../contract/workflow/run-timeout.ts';

/**
 * The deadline of a task, in milliseconds since the epoch. A run that began when the workflow's timeout had passed is an
 * operator's reset, and has the whole time again. The time before it begins and the time it has waited for input do not count.
 *
 * @param startedAt when the latest run began, in milliseconds since the epoch
 */
export function toDeadline(memo: TaskMemo, startedAt: number): number {
  const { createdAt, totalMs, waitedMs, startAfterMs = 0 } = memo;
  const allMs = startAfterMs + totalMs + waitedMs;
  const isReset = startedAt > createdAt + allMs + BACKSTOP_MS;
  return isReset ? startedAt + totalMs : createdAt + allMs;
}

/** When a task begins, where its start was put off. */
export function toStartsAt({ createdAt, startAfterMs }: TaskMemo): Pick<Task, 'startsAt'> {
  return startAfterMs === undefined ? {} : { startsAt: createdAt + startAfterMs };
}
