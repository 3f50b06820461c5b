// The timeout of a task's workflow, which ends what no worker ever took. Invariant: it lies behind the end that a worker gives the
// task, by as much as that takes.
import { DELIVERY_START_MS } from './callback.ts';

/** How far it lies behind the total, in milliseconds. */
export const BACKSTOP_MS = 5_000;

/** How much of that a job's cancel may take once the total is over, in milliseconds. */
export const CANCEL_AFTER_TOTAL_MS = 4_000;

/**
 * @param leftMs what is left of the task's total
 * @param inputMs how long the run may wait for answers
 */
export function toRunTimeoutMs(leftMs: number, inputMs: number, hasCallbacks: boolean): number {
  return leftMs + inputMs + BACKSTOP_MS + (hasCallbacks ? DELIVERY_START_MS : 0);
}
