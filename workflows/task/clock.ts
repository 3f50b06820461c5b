// How much of a task's total is left. Invariant: time counts from when the task begins by the server's clock, so that waiting
// for the first worker is part of it, and waiting for input is not.
import { workflowInfo } from '@temporalio/workflow';
import type { AttemptsBefore, TaskInput } from '../../src/contract/workflow/task-input.ts';
import { NOTHING_BEFORE } from '../../src/contract/workflow/next-step.ts';

export interface Clock {
  /** What is left of a limit that began with the task, in milliseconds; negative when it has passed. */
  left(limitMs: number): number;
  readonly spentMs: number;
  readonly waitedMs: number;
  /** When this run of the task begins, in milliseconds since the epoch; later than now where its start was put off. */
  readonly startedAt: number;
  /** Stands still from the beginning of the run until something is there. */
  standStill<Result>(during: () => Promise<Result>): Promise<Result>;
}

/** The clock of the task that runs here, set to what earlier runs of it have used up; they have its late beginning behind them. */
export function createClock(input: Pick<TaskInput, 'before' | 'startAfterMs' | 'asked'>): Clock {
  const before: Pick<AttemptsBefore, 'spentMs' | 'waitedMs'> = input.before ?? NOTHING_BEFORE;
  const startAfterMs = input.before ? 0 : (input.startAfterMs ?? 0);
  const startedAt = toStart(
    workflowInfo(),
    startAfterMs,
    Object.keys(input.asked?.requests ?? {}).length > 0,
  );
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
        stoodMs = Math.max(0, Date.now() - startedAt);
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
  /** Its own timeout, which lies behind the total. Temporal counts it from where it hands the workflow to a worker. */
  readonly runTimeoutMs?: number;
}

/**
 * When a task begins, in milliseconds since the epoch. A worker that takes it first when its timeout has passed can only
 * mean that an operator reset it: it runs afresh, and so does its time.
 *
 * @param startAfterMs how long after its start it begins
 * @param waitsItself whether the workflow waits for that, and not Temporal before it
 */
export function toStart(
  { startTime, runStartTime, runTimeoutMs = Infinity }: Beginning,
  startAfterMs = 0,
  waitsItself = false,
): number {
  const takenAfterMs = runStartTime.getTime() - startTime.getTime();
  const isReset = takenAfterMs > runTimeoutMs + (waitsItself ? 0 : startAfterMs);
  return isReset ? runStartTime.getTime() : startTime.getTime() + startAfterMs;
}
