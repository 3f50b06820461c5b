// How much of a task's total is left. Invariant: time counts from the task's start by the server's clock, so that waiting
// for the first worker is part of it.
import { workflowInfo } from '@temporalio/workflow';

/** The time of one task. */
export interface Clock {
  /** What is left of a limit that began with the task, in milliseconds; negative when it has passed. */
  left(limitMs: number): number;
}

/** The clock of the task that runs here. */
export function createClock(): Clock {
  const startedAt = toStart(workflowInfo());
  return { left: (limitMs) => startedAt + limitMs - Date.now() };
}

/** What a workflow knows of its beginning. */
export interface Beginning {
  /** When it was started; a reset keeps this instant. */
  readonly startTime: Date;
  /** When a worker first took it. */
  readonly runStartTime: Date;
  /** Its own timeout, which lies behind the total. */
  readonly runTimeoutMs?: number;
}

/**
 * When a task began, in milliseconds since the epoch. A worker that takes it first when its timeout has passed can only
 * mean that an operator reset it: it runs afresh, and so does its time.
 */
export function toStart({ startTime, runStartTime, runTimeoutMs }: Beginning): number {
  const waitedMs = runStartTime.getTime() - startTime.getTime();
  return (waitedMs > (runTimeoutMs ?? Infinity) ? runStartTime : startTime).getTime();
}
