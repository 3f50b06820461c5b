// Waiting for the seat of an operation, and running its attempts while having it. Invariant: the seat is given back only when
// the last attempt has ended.
import { Context } from '@temporalio/activity';
import { Client } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { NativeConnection, Worker } from '@temporalio/worker';
import {
  EXCLUSIVE_ACTIVITY,
  EXCLUSIVE_TYPE,
  toExclusiveId,
  toExclusiveQueue,
} from '../../contract/attempt-queue.ts';
import { withLimit } from '../calls/call-limit.ts';
import { pause } from '../calls/pause.ts';
import { runWorker, type RunningWorker } from './running-worker.ts';

/** What a seat needs. */
export interface SeatOptions {
  readonly connection: NativeConnection;
  readonly namespace: string;
  /** The task queue of everybody: its workers run the workflow that keeps the seat. */
  readonly taskQueue: string;
  readonly attemptQueue: string;
  /** Makes the worker that waits for the seat, on the task queue of the seat. */
  readonly createWaiting: (
    taskQueue: string,
    activities: Readonly<Record<string, () => Promise<void>>>,
  ) => Promise<Worker>;
  /** Makes the worker that runs attempts. */
  readonly createSeated: () => Promise<Worker>;
}

/** Pause between two beats of whoever has the seat, in milliseconds. */
const BEAT_MS = 1_000;

/** How often a worker sees to it that somebody keeps the seat, in milliseconds: an operator may have ended that. */
const ENSURE_MS = 30_000;

/** How long each of these calls may take, in milliseconds. */
const CALL_MS = 10_000;

/** Waits for the seat, and has it when its turn comes. */
export async function startSeat(options: SeatOptions): Promise<RunningWorker> {
  const seatId = toExclusiveId(options.attemptQueue);
  const leaving = new AbortController();
  let seated: Promise<void> = Promise.resolve();
  const sit = async (): Promise<void> => {
    const having = haveSeat(options.createSeated, leaving.signal);
    seated = having.catch(() => undefined);
    await having;
  };
  const waiting = runWorker(
    await options.createWaiting(toExclusiveQueue(seatId), { [EXCLUSIVE_ACTIVITY]: sit }),
  );
  void ensureKept(options, seatId, leaving.signal);
  const stop = async () => {
    leaving.abort();
    await seated;
    await waiting.stop();
  };
  return {
    get isPolling() {
      return waiting.isPolling;
    },
    ended: waiting.ended,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** Has the seat until this process leaves, or until it is taken away; always ends by throwing, so that another gets it. */
async function haveSeat(createSeated: () => Promise<Worker>, leaving: AbortSignal): Promise<void> {
  const activity = Context.current();
  const beat = () => {
    activity.heartbeat();
  };
  const heart = setInterval(beat, BEAT_MS);
  try {
    const over = AbortSignal.any([leaving, activity.cancellationSignal]);
    if (!over.aborted) {
      await using attempts = runWorker(await createSeated());
      const aborted = new Promise((resolve) => {
        over.addEventListener('abort', resolve, { once: true });
        if (over.aborted) resolve(null);
      });
      await Promise.race([aborted, attempts.ended]);
    }
  } finally {
    clearInterval(heart);
  }
  throw ApplicationFailure.retryable('the worker left its seat');
}

async function ensureKept(
  { connection, namespace, taskQueue }: SeatOptions,
  workflowId: string,
  leaving: AbortSignal,
): Promise<void> {
  const client = new Client({ connection, namespace });
  while (!leaving.aborted) {
    await withLimit(connection, CALL_MS, async () =>
      client.workflow.start(EXCLUSIVE_TYPE, {
        workflowId,
        taskQueue,
        workflowIdConflictPolicy: 'USE_EXISTING',
      }),
    ).catch(() => undefined); // Temporal is away for a while: so is whoever keeps the seat
    await pause(ENSURE_MS, leaving);
  }
}
