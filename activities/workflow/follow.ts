// Following a workflow: an activity that ends without a result at once, and is completed by its token when the workflow has
// ended. A follower that falls silent is replaced by Temporal: the activity is tried again, on any worker.
import { CompleteAsyncError, Context, type Info } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { setTimeout as delay } from 'node:timers/promises';
import { toBackOffMs } from '../../src/contract/back-off.ts';
import type { Json } from '../../src/contract/json.ts';
import { ATTEMPT_LOST, type AttemptInput } from '../../src/contract/workflow/task-input.ts';
import type { WorkflowSteps } from '../../src/operations/operation.ts';
import type { AttemptOptions } from '../attempt/attempt.ts';
import { toFailure } from '../attempt/failure.ts';
import { offloadResult } from '../attempt/files.ts';
import { demand, type Followed } from './demand.ts';

/** Longest single poll, in milliseconds: the server answers an empty page after 20 s. */
const POLL_MS = 20_000;

/** Begins to follow. Always throws `CompleteAsyncError`. */
export function follow(input: Followed, steps: WorkflowSteps, options: AttemptOptions): never {
  const { info, client, log } = Context.current();
  const { targets, followers } = demand(options);
  const { activity: completion } = client;
  const context = { serializationContext: toContext(info) };
  const beatMs = (info.heartbeatTimeoutMs ?? POLL_MS * 3) / 3;
  const pollMs = Math.min(POLL_MS, beatMs);
  followers.add(async (signal) => {
    const gone = new AbortController();
    let beatenAt = Date.now();
    const beat = async () => {
      if (Date.now() - beatenAt + pollMs / 2 < beatMs) return; // each beat is a write
      beatenAt = Date.now();
      await completion.heartbeat(info.taskToken, null, context).catch((failure: unknown) => {
        if (isGone(failure)) gone.abort();
      });
    };
    const end = await settle(async () => {
      const result = await targets.follow(input.target, {
        signal: AbortSignal.any([signal, gone.signal]),
        beginMs: toBeginMs(input, info),
        beat,
        pollMs,
      });
      const carry = { ...options, repeatable: true, log };
      return offloadResult(steps.toResult(result), input, carry);
    });
    if (gone.signal.aborted) return;
    const handsOver = signal.aborted && 'failure' in end;
    await deliver(signal, async () =>
      'result' in end
        ? completion.complete(info.taskToken, end.result, context)
        : completion.fail(info.taskToken, handsOver ? toHandOver() : toEnd(end.failure), context),
    );
  });
  throw new CompleteAsyncError();
}

/** A follower that begins anew has as much less time as was waited before. */
function toBeginMs(
  { beginMs }: AttemptInput,
  { currentAttemptScheduledTimestampMs, scheduledTimestampMs }: Info,
): number | null {
  if (beginMs === undefined) return null;
  return Math.max(0, beginMs - (currentAttemptScheduledTimestampMs - scheduledTimestampMs));
}

type End = { readonly result: Json } | { readonly failure: unknown };

async function settle(work: () => Promise<Json>): Promise<End> {
  try {
    return { result: await work() };
  } catch (failure) {
    return { failure };
  }
}

/** A workflow ends once: nothing that Temporal tried again would change it. */
function toEnd(thrown: unknown): ApplicationFailure {
  const { type, message, details } = toFailure(thrown);
  return ApplicationFailure.create({
    type: type ?? 'INTERNAL',
    message,
    nonRetryable: true,
    details: details ?? [],
  });
}

/** Another worker is to follow from here, at once. */
function toHandOver(): ApplicationFailure {
  return ApplicationFailure.create({
    type: ATTEMPT_LOST,
    message: 'the worker shut down; another one follows the workflow from here',
    nextRetryDelay: 10,
  });
}

/** Tries until Temporal has taken it, or wants it no more; once more only where the worker stops. */
async function deliver(signal: AbortSignal, send: () => Promise<void>): Promise<void> {
  for (let pauses = 0; ; pauses += 1) {
    try {
      await send();
      return;
    } catch (failure) {
      if (isGone(failure) || signal.aborted) return;
      const pauseMs = toBackOffMs(200, 2, pauses, 10_000);
      await delay(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  }
}

/** Whether the activity is not there any more: its task has ended, or another follows. */
function isGone(failure: unknown): boolean {
  return failure instanceof Error && failure.name === 'ActivityNotFoundError';
}

function toContext({ namespace, workflowExecution, activityId }: Info): {
  readonly type: 'activity';
  readonly namespace: string;
  readonly workflowId: string;
  readonly activityId: string;
  readonly isLocal: false;
} {
  const { workflowId = '' } = workflowExecution ?? {};
  return { type: 'activity', namespace, workflowId, activityId, isLocal: false };
}
