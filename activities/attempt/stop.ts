// When an attempt has to stop, and what that makes of its end. A cancel, its time limit and a worker that shuts down all arrive
// as one abort. A submit gets only the last two, since its answer names the job that is to be cancelled.
import { CancelledFailure, type Context } from '@temporalio/activity';
import type { ApplicationFailure } from '@temporalio/common';
import { LONGEST_TIMER_MS } from '../../src/contract/timer.ts';
import { OperationError } from '../../src/contract/errors.ts';
import { ATTEMPT_ERROR } from '../../src/contract/workflow/attempt-failure.ts';
import { toFailure, toLostFailure } from './failure.ts';

export interface StopSignal extends Disposable {
  readonly signal: AbortSignal;
  /** Whether the time is up that the worker itself keeps. */
  readonly isOver?: boolean;
}

/**
 * Aborts on cancel, when the attempt's time is up, and when the worker shuts down.
 *
 * @param limitMs the time of the attempt, in milliseconds, where Temporal does not keep it
 */
export function createStopSignal({ cancellationSignal }: Context, limitMs?: number): StopSignal {
  if (limitMs === undefined) {
    return { signal: cancellationSignal, [Symbol.dispose]: () => undefined };
  }
  const limit = new AbortController();
  const timer = setTimeout(
    () => {
      limit.abort();
    },
    Math.min(limitMs, LONGEST_TIMER_MS),
  );
  return {
    signal: AbortSignal.any([cancellationSignal, limit.signal]),
    get isOver() {
      return limit.signal.aborted && !cancellationSignal.aborted;
    },
    [Symbol.dispose]: () => {
      clearTimeout(timer);
    },
  };
}

/** The same for a submit, which is not aborted by a cancel before its time is up. */
export function createSubmitSignal(activity: Context): StopSignal {
  const { cancellationSignal, info } = activity;
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const abort = () => {
    controller.abort(cancellationSignal.reason);
  };
  const onAbort = () => {
    if (!activity.cancellationDetails?.cancelRequested) abort();
    // The SDK aborts once only: after a cancel nothing else would say that the time is up.
    else timer = setTimeout(abort, Math.min(info.startToCloseTimeoutMs, LONGEST_TIMER_MS));
  };
  if (cancellationSignal.aborted) onAbort();
  cancellationSignal.addEventListener('abort', onAbort, { once: true });
  return {
    signal: controller.signal,
    [Symbol.dispose]: () => {
      clearTimeout(timer);
      cancellationSignal.removeEventListener('abort', onAbort);
    },
  };
}

/** How long an aborted operation may take to stop by itself before its attempt ends without it, in milliseconds. */
const STOP_MS = 3_000;

/** Rejects some time after `signal` aborted; never resolves. */
export async function stopped(signal: AbortSignal): Promise<never> {
  await new Promise((resolve) => {
    if (signal.aborted) resolve(null);
    signal.addEventListener('abort', resolve, { once: true });
  });
  await new Promise((resolve) => setTimeout(resolve, STOP_MS).unref());
  throw new Error('the operation did not stop when its signal was aborted');
}

/** What is said of an attempt that an operator paused, or ended. */
export const STOPPED =
  'the attempt was stopped before it could end; it may or may not have taken effect upstream';

/** Why an aborted attempt ended: a cancel is a cancel; whatever else stopped it leaves the outcome open. */
export function toStop(
  { cancellationDetails }: Context,
  { isOver = false }: Pick<StopSignal, 'isOver'>,
): CancelledFailure | ApplicationFailure {
  if (isOver) return toFailure(new OperationError('ATTEMPT_TIMEOUT', ATTEMPT_ERROR.message));
  if (cancellationDetails?.cancelRequested) {
    return new CancelledFailure('the attempt was cancelled');
  }
  return toLostFailure(
    cancellationDetails?.workerShutdown
      ? 'the worker shut down before the attempt could end; it may or may not have taken effect upstream'
      : STOPPED,
  );
}
