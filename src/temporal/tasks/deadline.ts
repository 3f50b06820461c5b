// When a task's total time is over.
import type { TaskMemo } from '../../contract/memo.ts';
import { BACKSTOP_MS } from '../../contract/run-timeout.ts';

/**
 * The deadline of a task, in milliseconds since the epoch. A run that began when the workflow's timeout had passed is an
 * operator's reset, and has the whole time again. The time it has waited for input does not count.
 *
 * @param startedAt when the latest run began, in milliseconds since the epoch
 */
export function toDeadline({ createdAt, totalMs, waitedMs }: TaskMemo, startedAt: number): number {
  const allMs = totalMs + waitedMs;
  const isReset = startedAt > createdAt + allMs + BACKSTOP_MS;
  return isReset ? startedAt + totalMs : createdAt + allMs;
}
