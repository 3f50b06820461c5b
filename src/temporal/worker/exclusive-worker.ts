// Waits to be an operation's exclusive worker, and runs its attempts while it is. Invariant: a worker leaves that place only
// when its last attempt has ended.
import { Context } from '@temporalio/activity';
import { Client } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { Worker, type NativeConnection, type WorkerOptions } from '@temporalio/worker';
import {
  EXCLUSIVE_ACTIVITY,
  EXCLUSIVE_TYPE,
  toExclusiveId,
  toExclusiveQueue,
} from '../../contract/workflow/attempt-queue.ts';
import { withLimit } from '../calls/call-limit.ts';
import { pause } from '../../contract/pause.ts';
import { runWorker, toRunningWorker, type RunningWorker } from './running-worker.ts';

export interface ExclusiveWorkerOptions {
  readonly connection: NativeConnection;
  readonly namespace: string;
  /** The task queue that all operations share: its workers run the workflow that chooses the exclusive worker. */
  readonly taskQueue: string;
  /** How every worker of this process runs attempts. */
  readonly attempts: Omit<WorkerOptions, 'taskQueue'>;
  /** How long an attempt may go on after its worker began to stop, at the very longest, in milliseconds. */
  readonly stopMs: number;
  readonly attemptQueue: string;
  /** Makes the worker that runs attempts. */
  readonly createAttemptWorker: () => Promise<Worker>;
}

/** Three within the silence that ends its turn: it beats for as long as the worker lives, and each is a write on the server. */
const BEAT_MS = 3_000;

/** How often a worker makes sure that the workflow runs, in milliseconds: an operator may have ended it. */
const ENSURE_MS = 30_000;

const CALL_MS = 10_000;

export async function startExclusiveWorker(
  options: ExclusiveWorkerOptions,
): Promise<RunningWorker> {
  const workflowId = toExclusiveId(options.attemptQueue);
  const leaving = new AbortController();
  let working: Promise<void> = Promise.resolve();
  const beExclusive = async (): Promise<void> => {
    const turn = runTurn(options.createAttemptWorker, leaving.signal);
    working = turn.catch(() => undefined);
    await turn;
  };
  const waiting = runWorker(
    await Worker.create({
      ...options.attempts,
      taskQueue: toExclusiveQueue(workflowId),
      activities: { [EXCLUSIVE_ACTIVITY]: beExclusive },
      maxConcurrentActivityTaskExecutions: 1,
      // The exclusive worker leaves its place when its attempts have ended.
      shutdownGraceTime: options.stopMs,
      shutdownForceTime: options.stopMs,
    }),
  );
  void ensureWorkflow(options, workflowId, leaving.signal);
  return toRunningWorker(
    () => waiting.isPolling,
    waiting.ended,
    async () => {
      leaving.abort();
      await working;
      await waiting.stop();
    },
  );
}

/** Runs attempts until this process leaves, or another took its place; always throws, so that Temporal chooses another. */
async function runTurn(
  createAttemptWorker: () => Promise<Worker>,
  leaving: AbortSignal,
): Promise<void> {
  const activity = Context.current();
  const beat = () => {
    activity.heartbeat();
  };
  const heart = setInterval(beat, BEAT_MS);
  try {
    const over = AbortSignal.any([leaving, activity.cancellationSignal]);
    if (!over.aborted) {
      await using attempts = runWorker(await createAttemptWorker());
      const aborted = new Promise((resolve) => {
        over.addEventListener('abort', resolve, { once: true });
        if (over.aborted) resolve(null);
      });
      await Promise.race([aborted, attempts.ended]);
    }
  } finally {
    clearInterval(heart);
  }
  throw ApplicationFailure.retryable('the exclusive worker left');
}

async function ensureWorkflow(
  { connection, namespace, taskQueue }: ExclusiveWorkerOptions,
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
    ).catch(() => undefined); // Temporal is away for a while, and the workflow with it
    await pause(ENSURE_MS, leaving);
  }
}
