// When a task's total time is over.
import type { TaskMemo } from './memo.ts';

/** How far the workflow's own timeout lies behind the total, in milliseconds: it ends tasks that no worker ever took. */
export const BACKSTOP_MS = 5_000;

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
