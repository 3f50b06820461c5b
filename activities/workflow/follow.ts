// Following a workflow: an activity that ends without a result at once, and is completed by its token when the workflow has
// ended. A follower that falls silent is replaced by Temporal: the activity is tried again, on any worker.
import { CompleteAsyncError, Context, type Info } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { toBackOffMs } from '../../src/contract/back-off.ts';
import type { Json } from '../../src/contract/json.ts';
import { pause } from '../../src/contract/pause.ts';
import { ATTEMPT_LOST, type AttemptInput } from '../../src/contract/workflow/task-input.ts';
import type { WorkflowSteps } from '../../src/operations/operation.ts';
import type { AttemptOptions } from '../attempt/attempt.ts';
import { toFailure } from '../attempt/failure.ts';
import { offloadResult } from '../attempt/files.ts';
import { demand, type Followed } from './demand.ts';

/** Longest single poll, in milliseconds: the server answers an empty page after 20 s. */
const POLL_MS = 20_000;

/** Why one stops whose activity is not there any more. */
const GONE = new Error('the task has ended, or another follows');

/** All that is kept of an activity while its workflow is followed: a worker may follow thousands. */
interface Kept {
  readonly token: Uint8Array;
  readonly context: { readonly serializationContext: ReturnType<typeof toContext> };
  readonly target: Followed['target'];
  readonly principal: string;
  readonly beginMs: number | null;
  readonly beatMs: number;
  /** The same for all that the operation follows. */
  readonly shared: {
    readonly completion: Context['client']['activity'];
    readonly steps: WorkflowSteps;
    readonly options: AttemptOptions;
  };
}

/** Begins to follow. Always throws `CompleteAsyncError`. */
export function follow(input: Followed, steps: WorkflowSteps, options: AttemptOptions): never {
  const { info, client } = Context.current();
  const kept: Kept = {
    token: new Uint8Array(info.taskToken), // else it is a view of all that came with the activity
    context: { serializationContext: toContext(info) },
    target: input.target,
    principal: input.principal,
    beginMs: toBeginMs(input, info),
    beatMs: (info.heartbeatTimeoutMs ?? POLL_MS * 3) / 3,
    shared: { completion: client.activity, steps, options },
  };
  demand(options).followers.add(async (stopping) => followToEnd(kept, stopping));
  throw new CompleteAsyncError();
}

async function followToEnd(kept: Kept, stopping: AbortController): Promise<void> {
  const { token, context, target, principal, beginMs, beatMs, shared } = kept;
  const { completion, steps, options } = shared;
  const { targets, followers } = demand(options);
  const pollMs = Math.min(POLL_MS, beatMs);
  const { signal } = stopping;
  let beatenAt = Date.now();
  const beat = async () => {
    if (Date.now() - beatenAt + pollMs / 2 < beatMs) return; // each beat is a write
    beatenAt = Date.now();
    await completion.heartbeat(token, null, context).catch((failure: unknown) => {
      if (isGone(failure)) stopping.abort(GONE);
    });
  };
  let end: { readonly result: Json } | { readonly failure: unknown };
  try {
    const result = await targets.follow(target, { signal, beginMs, beat, pollMs });
    const warn = (message: string) => {
      followers.warn(message, { workflowId: context.serializationContext.workflowId });
    };
    const carry = { ...options, repeatable: true, log: { warn } };
    end = { result: await offloadResult(steps.toResult(result), { principal }, carry) };
  } catch (failure) {
    end = { failure };
  }
  if (signal.reason === GONE) return;
  const handsOver = signal.aborted && 'failure' in end;
  await deliver(signal, async () =>
    'result' in end
      ? completion.complete(token, end.result, context)
      : completion.fail(token, handsOver ? toHandOver() : toEnd(end.failure), context),
  );
}

/** A follower that begins anew has as much less time as was waited before. */
function toBeginMs(
  { beginMs }: AttemptInput,
  { currentAttemptScheduledTimestampMs, scheduledTimestampMs }: Info,
): number | null {
  if (beginMs === undefined) return null;
  return Math.max(0, beginMs - (currentAttemptScheduledTimestampMs - scheduledTimestampMs));
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
      await pause(toBackOffMs(200, 2, pauses, 10_000), signal);
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
