// A task that a test has started: its end, how long it took, and what is in its history.
import { setTimeout as sleep } from 'node:timers/promises';
import { WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure, CancelledFailure, TimeoutFailure } from '@temporalio/common';
import type { Json } from '../../../src/contract/json.ts';

/** How a task ended, as its workflow returned it. */
export type End =
  | { readonly result: Json; readonly attempt: number }
  | {
      readonly code: string;
      readonly message: string;
      readonly attempt: number | null;
      readonly retryable?: boolean;
      readonly retryAfterMs?: number;
      readonly details?: Json;
    };

/** A task that was started. */
export interface TestTask {
  readonly handle: WorkflowHandle;
  /** Awaits the end. A workflow that was cancelled ends with `CANCELLED`, one that was timed out with `BACKSTOP`. */
  readonly end: () => Promise<End>;
  /** How long it took, on the server's clock, in milliseconds. */
  tookMs(): Promise<number>;
  /** Types of the events in its history, such as `ActivityTaskScheduled`. */
  events(): Promise<string[]>;
}

/** @param awaited has each end while it is awaited */
export function toTestTask(
  handle: WorkflowHandle,
  awaited: Set<Promise<unknown>>,
  onEnd: () => void,
): TestTask {
  return {
    handle,
    end: async () => {
      const end = toEnd(handle);
      awaited.add(end);
      await end.finally(() => awaited.delete(end));
      onEnd();
      return end;
    },
    tookMs: async () => {
      const { startTime, closeTime } = await handle.describe();
      return closeTime!.getTime() - startTime.getTime();
    },
    events: async () => {
      const { events } = await handle.fetchHistory();
      return (events ?? []).map((event) => {
        const name = Object.keys(event).find((key) => key.endsWith('EventAttributes'))!;
        return name[0]!.toUpperCase() + name.slice(1, -'EventAttributes'.length);
      });
    },
  };
}

async function toEnd(handle: WorkflowHandle): Promise<End> {
  try {
    return (await handle.result()) as End;
  } catch (failure) {
    const cause = failure instanceof WorkflowFailedError ? failure.cause : undefined;
    if (cause instanceof CancelledFailure) {
      return { code: 'CANCELLED', message: 'a cancelled workflow', attempt: null };
    }
    if (cause instanceof TimeoutFailure) {
      return { code: 'BACKSTOP', message: cause.message, attempt: null };
    }
    if (!(cause instanceof ApplicationFailure)) throw failure;
    return cause.details![0] as End;
  }
}

/** Waits until an event of this type is in the task's history; fails loudly when it never is. */
export async function untilEvent(task: TestTask, type: string): Promise<void> {
  for (let reads = 0; reads < 3_000; reads += 1) {
    if ((await task.events()).includes(type)) return;
    await sleep(20);
  }
  throw new Error(`there was no ${type} in the history within a minute`);
}
