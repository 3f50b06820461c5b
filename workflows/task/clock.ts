// How much of a task's total is left. Invariant: time counts from the task's start by the server's clock, so that waiting
// for the first worker is part of it, and waiting for input is not.
import { workflowInfo } from '@temporalio/workflow';
import type { AttemptsBefore } from '../../src/contract/task-input.ts';

/** The time of one task. */
export interface Clock {
  /** What is left of a limit that began with the task, in milliseconds; negative when it has passed. */
  left(limitMs: number): number;
  /** How much of the task's time is used up, in milliseconds. */
  readonly spentMs: number;
  /** How long the clock stood still, in milliseconds. */
  readonly waitedMs: number;
  /** When this run of the task began, in milliseconds since the epoch. */
  readonly startedAt: number;
  /** Stands still from the beginning of the run until something is there. */
  standStill<Result>(during: () => Promise<Result>): Promise<Result>;
}

/** The clock of the task that runs here, set to what earlier runs of it have used up. */
export function createClock(before: Pick<AttemptsBefore, 'spentMs' | 'waitedMs'>): Clock {
  const startedAt = toStart(workflowInfo());
  let stoodMs = 0;
  const spentMs = () => before.spentMs + Date.now() - startedAt - stoodMs;
  return {
    left: (limitMs) => limitMs - spentMs(),
    get spentMs() {
      return spentMs();
    },
    get waitedMs() {
      return before.waitedMs + stoodMs;
    },
    startedAt,
    standStill: async (during) => {
      try {
        return await during();
      } finally {
        stoodMs = Date.now() - startedAt;
      }
    },
  };
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
