// An attempt that falls silent counts as vanished; and where Temporal does not tell workers of a cancel, it travels with a heartbeat's
// reply alone. Invariants: no beat after its end; what a beat keeps beside progress, it hands on.
import type { Context } from '@temporalio/activity';
import { toHeartbeat, parseHeartbeat } from '../../src/contract/activity/task.ts';
import { toShare } from '../../src/contract/progress.ts';
import type { Progress } from '../../src/contract/task.ts';
import { shorten } from './text.ts';

export interface Heartbeat extends Disposable {
  /** Sends progress with the next beat; the SDK lets at most one a second through. */
  report(progress: Progress): void;
  beat(): void;
  /** How many beats there were. */
  readonly beats: number;
}

/**
 * Starts beating every `intervalMs`. There is no beat at the start: it is a write on the server, and an attempt that
 * ends sooner than the first interval would wait for it.
 *
 * @param intervalMs pause between beats, in milliseconds
 * @param last what the previous attempt reported; repeated until this one has something to say
 */
export function startHeartbeat(
  context: Context,
  intervalMs: number,
  last: Progress | null,
): Heartbeat {
  let progress = last;
  let isOver = false;
  let beats = 0;
  const { inWorkflow } = context.info;
  const { tally } = parseHeartbeat(context.info.heartbeatDetails);
  const beat = () => {
    if (isOver) return;
    beats += 1;
    context.heartbeat(inWorkflow ? progress : toHeartbeat(progress, tally));
  };
  const timer = setInterval(beat, intervalMs);
  return {
    report: (next) => {
      progress = boundProgress(next);
      beat();
    },
    beat,
    get beats() {
      return beats;
    },
    [Symbol.dispose]: () => {
      isOver = true;
      clearInterval(timer);
    },
  };
}

const MESSAGE_CHARACTERS = 500;

/** Progress within its bounds: Temporal keeps it with the task, and every read shows it. */
export function boundProgress({ fraction, message }: Progress): Progress {
  return {
    fraction: fraction === null || Number.isNaN(fraction) ? null : toShare(fraction),
    message: message === null ? null : shorten(message, MESSAGE_CHARACTERS),
  };
}
