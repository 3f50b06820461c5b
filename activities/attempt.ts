// One attempt of an operation's step: beats the heart, hands over the context, and translates the end. Invariant: the
// attempt ends when it is told to stop, whether or not the author looks at the signal.
import { Context } from '@temporalio/activity';
import { isJsonObject } from '../src/contract/json.ts';
import type { AttemptInput } from '../src/contract/task-input.ts';
import type { Progress } from '../src/contract/task.ts';
import type { DeclaredContext } from '../src/operations/context.ts';
import { ask } from '../src/operations/input/ask.ts';
import { toFailure } from './failure.ts';
import { startHeartbeat } from './heartbeat.ts';
import { createStopSignal, stopped, toStop, type StopSignal } from './stop.ts';

/** What the worker supplies to every attempt. */
export interface AttemptOptions {
  /** Reads a secret by reference, at the moment of use. */
  readonly secret: (reference: string) => Promise<string>;
  /** Largest result, as JSON in bytes. */
  readonly maxResultBytes: number;
}

/** The worker lets one beat a second through: a cancel reaches the attempt within about that time, in milliseconds. */
const BEAT_MS = 1_000;

/**
 * Runs a step of an operation as an attempt.
 *
 * @param createSignal what of Temporal's reasons to stop reaches the step
 */
export async function runAttempt<Result>(
  input: AttemptInput,
  { secret }: Pick<AttemptOptions, 'secret'>,
  step: (context: DeclaredContext) => Promise<Result>,
  createSignal: (activity: Context) => StopSignal = createStopSignal,
): Promise<Result> {
  const activity = Context.current();
  const { info } = activity;
  using heart = startHeartbeat(
    activity,
    Math.min(BEAT_MS, (info.heartbeatTimeoutMs ?? BEAT_MS * 4) / 4),
    toProgress(info.heartbeatDetails),
  );
  using stop = createSignal(activity);
  const { signal } = stop;
  const context: DeclaredContext = {
    signal,
    progress: (fraction, message) => {
      heart.report({ fraction, message: message ?? null });
    },
    idempotencyKey: input.idempotencyKey,
    attempt: input.attempt,
    principal: input.principal,
    inputResponses: input.inputResponses ?? {},
    ask: (requests) => ask(requests, input.inputResponses ?? {}),
    log: activity.log,
    secret,
  };
  try {
    return await Promise.race([step(context), stopped(signal)]);
  } catch (thrown) {
    throw signal.aborted ? toStop(activity) : toFailure(thrown);
  }
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
