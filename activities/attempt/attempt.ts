// One attempt of an operation's step: sends heartbeats, hands over the context, and translates the end. Invariant: the attempt
// ends when its signal is aborted, whether or not the author's code reacts to it.
import { Context, type Info } from '@temporalio/activity';
import type { Json } from '../../src/contract/json.ts';
import { parseProgress } from '../../src/contract/progress.ts';
import { LONGEST_TIMER_MS } from '../../src/contract/timer.ts';
import type { AttemptInput } from '../../src/contract/workflow/task-input.ts';
import type { DeclaredContext } from '../../src/operations/context.ts';
import { ask } from '../../src/operations/input/ask.ts';
import type { Targets } from '../../src/operations/targets.ts';
import type { Followers } from '../workflow/followers.ts';
import { toFailure, toLostFailure } from './failure.ts';
import { createFileContext, readParameters, type FileOptions } from './files.ts';
import { startHeartbeat } from './heartbeat.ts';
import { createStopSignal, STOPPED, stopped, toStop, type StopSignal } from './stop.ts';
import { CANCEL_MS, type Watch } from './watch.ts';

export interface AttemptOptions extends FileOptions {
  /** Reads a secret by reference, at the moment of use. */
  readonly secret: (reference: string) => Promise<string>;
  readonly services: DeclaredContext['services'];
  /** Workflows of others. Absent in a worker that has no operation of that kind. */
  readonly targets?: Targets | null | undefined;
  /** The task queue that this worker alone polls. Absent in a worker that holds nothing between two activities. */
  readonly holder?: string | undefined;
  /** Who follows them; as `targets`. */
  readonly followers?: Followers | undefined;
  /** How soon a cancel reaches an attempt that Temporal does not tell of it, in milliseconds. Default: 1,000. */
  readonly cancelMs?: number | undefined;
  /** Whether Temporal tells a worker that an activity of a workflow is cancelled. Default: it does not. */
  readonly pushesCancels?: boolean | undefined;
  /** What tells an attempt of a task that is one activity. Default: a heartbeat every `cancelMs`. */
  readonly watch?: Watch | undefined;
  /** How long before a task's total runs out the last poll of its job comes, in milliseconds. Default: 1,000. */
  readonly lastPollMs?: number;
}

/** Beats within the heartbeat timeout: one may be lost, or late, and the attempt does not count as vanished. */
const BEATS = 3;

/** @param createSignal what of Temporal's reasons to stop reaches the step */
export async function runAttempt<Result>(
  input: AttemptInput,
  options: AttemptOptions,
  step: (context: DeclaredContext, parameters: Json) => Promise<Result>,
  createSignal: (activity: Context, limitMs?: number) => StopSignal = createStopSignal,
): Promise<Result> {
  const activity = Context.current();
  const { info } = activity;
  if (isRepeatedByOperator(info)) throw toLostFailure(STOPPED);
  using heart = startHeartbeat(
    activity,
    toBeatMs(info, options),
    // Of a task that is one activity, they are those of an attempt before this one.
    info.inWorkflow ? parseProgress(info.heartbeatDetails) : null,
  );
  using watching = info.inWorkflow ? undefined : options.watch?.(activity, heart);
  using stop = createSignal(activity, input.limitMs);
  const { signal } = stop;
  const context: DeclaredContext = {
    signal,
    progress: (fraction, message) => {
      heart.report({ fraction, message: message ?? null });
    },
    idempotencyKey: input.idempotencyKey,
    attempt: input.attempt,
    delayedMs: input.delayedMs ?? 0,
    principal: input.principal,
    ...(input.callbackUrl !== undefined && { callbackUrl: input.callbackUrl }),
    inputResponses: input.inputResponses ?? {},
    hasAsked: input.hasAsked ?? input.inputResponses !== undefined,
    ask: (requests) => ask(requests, input.inputResponses ?? {}),
    ...createFileContext(input, options, signal),
    log: activity.log,
    secret: options.secret,
    services: options.services,
  };
  const { parameters, storedParameters } = input;
  const run = async () =>
    step(
      context,
      storedParameters ? await readParameters(input, storedParameters, options) : parameters,
    );
  try {
    return await Promise.race([run(), stopped(signal)]);
  } catch (thrown) {
    throw signal.aborted ? toStop(activity, stop) : toFailure(thrown);
  }
}

/**
 * Whether an operator has paused an attempt, and let it go on: Temporal then begins once more what it is told to try once, and what became
 * of the first try is not known. The workflow decides what follows.
 */
function isRepeatedByOperator({ inWorkflow, attempt, retryPolicy }: Info): boolean {
  return inWorkflow && attempt > 1 && retryPolicy?.maximumAttempts === 1;
}

/** A cancel of which nothing tells the attempt travels with a heartbeat's reply: then it beats as often as it is to be told. */
function toBeatMs(
  { heartbeatTimeoutMs, inWorkflow }: Info,
  { cancelMs = CANCEL_MS, pushesCancels = false, watch }: AttemptOptions,
): number {
  const aliveMs = (heartbeatTimeoutMs ?? Infinity) / BEATS;
  const isTold = inWorkflow ? pushesCancels : watch !== undefined;
  return Math.min(aliveMs, isTold ? LONGEST_TIMER_MS : cancelMs);
}
