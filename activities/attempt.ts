// One attempt of an operation's step: beats the heart, hands over the context, and translates the end. Invariant: the
// attempt ends when it is cancelled or its time is up, whether or not the author looks at the signal.
import { CancelledFailure, Context } from '@temporalio/activity';
import { OperationError } from '../src/contract/errors.ts';
import { isJsonObject } from '../src/contract/json.ts';
import type { AttemptInput } from '../src/contract/task-input.ts';
import type { Progress } from '../src/contract/task.ts';
import type { DeclaredContext } from '../src/operations/context.ts';
import { byteLength, toFailure } from './failure.ts';
import { startHeartbeat } from './heartbeat.ts';

/** What the worker supplies to every attempt. */
export interface AttemptOptions {
  /** Reads a secret by reference, at the moment of use. */
  readonly secret: (reference: string) => Promise<string>;
  /** Largest result, as JSON in bytes. */
  readonly maxResultBytes: number;
}

/** The worker lets one beat a second through: a cancel reaches the attempt within about that time. */
const BEAT_MS = 1_000;

/** How long an aborted operation may take to stop by itself before its attempt ends without it. */
const STOP_MS = 3_000;

/** Runs a step of an operation as an attempt. */
export async function runAttempt<Result>(
  input: AttemptInput,
  options: AttemptOptions,
  step: (context: DeclaredContext) => Promise<Result>,
): Promise<Result> {
  const activity = Context.current();
  const { info } = activity;
  using heart = startHeartbeat(
    activity,
    Math.min(BEAT_MS, (info.heartbeatTimeoutMs ?? BEAT_MS * 4) / 4),
    toProgress(info.heartbeatDetails),
  );
  const context: DeclaredContext = {
    signal: activity.cancellationSignal,
    progress: (fraction, message) => {
      heart.report({ fraction, message: message ?? null });
    },
    idempotencyKey: input.idempotencyKey,
    attempt: input.attempt,
    principal: input.principal,
    log: activity.log,
    secret: options.secret,
  };
  try {
    const result = await Promise.race([step(context), stopped(activity)]);
    const bytes = byteLength(result ?? null);
    if (bytes <= options.maxResultBytes) return result;
    throw new OperationError(
      'RESULT_TOO_LARGE',
      `the result has ${bytes} bytes; a task carries at most ${options.maxResultBytes}`,
      { details: { bytes, limit: options.maxResultBytes } },
    );
  } catch (thrown) {
    throw activity.cancellationSignal.aborted ? toStop(activity, thrown) : toFailure(thrown);
  }
}

/** Rejects some time after the attempt was told to stop. */
async function stopped({ cancellationSignal }: Context): Promise<never> {
  await new Promise((resolve) => {
    if (cancellationSignal.aborted) resolve(null);
    cancellationSignal.addEventListener('abort', resolve, { once: true });
  });
  await new Promise((resolve) => setTimeout(resolve, STOP_MS).unref());
  throw new Error('the operation did not stop when it was told to');
}

/** Why an aborted attempt ended: a cancel is a cancel; a worker that shuts down leaves the outcome open. */
function toStop(activity: Context, thrown: unknown): Error {
  if (activity.cancellationDetails?.workerShutdown) {
    return toFailure(
      new OperationError('OUTCOME_UNKNOWN', 'the worker shut down before the attempt could end', {
        cause: thrown,
      }),
    );
  }
  return new CancelledFailure('the attempt was cancelled');
}

/** Progress as an earlier attempt left it in its heartbeat. */
function toProgress(details: unknown): Progress | null {
  if (!isJsonObject(details)) return null;
  const { fraction, message } = details;
  return {
    fraction: typeof fraction === 'number' ? fraction : null,
    message: typeof message === 'string' ? message : null,
  };
}
