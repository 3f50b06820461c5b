// Waiting for a task. It ends with the task, when the task asks for input, with the time, or with the caller. It survives a
// Temporal that goes away and comes back meanwhile.
import {
  isDone,
  type Outcome,
  type Progress,
  type Task,
  type TaskState,
} from '../../contract/task.ts';
import type { TaskService } from '../../tasks/service.ts';
import { toIdPart } from '../calls/identity.ts';
import type { Limits } from '../../limits/limits.ts';
import type { LongPolls } from './long-polls.ts';
import type { Lookup } from './lookup.ts';
import { pause } from '../../contract/pause.ts';
import type { TargetStates } from './target-state.ts';

/** Pause between two reads of a task, where the caller wants progress, or no event would tell of a question, in milliseconds. */
const WATCH_MS = 1_000;

/** Waits for tasks; one beyond the limits rejects with `RATE_LIMITED`, and is no reason not to read the task. */
export function createWait(
  lookup: Pick<Lookup, 'recall' | 'byRef' | 'close'>,
  longPolls: LongPolls,
  limits: Limits,
  targets: Pick<TargetStates, 'mayAsk'>,
): TaskService['wait'] {
  return async ({ principal, signal }, taskRef, waitMs, onProgress): Promise<Task> => {
    const until = Date.now() + waitMs;
    const left = () => signal?.aborted ?? false;
    const known = waitMs > 0 && !left() ? lookup.recall(principal, taskRef) : null;
    // What is remembered of a task is its name and its end, never how it stands.
    const mayAsk = known !== null && targets.mayAsk(known.task.operation);
    const isOpen = known !== null && !asks(known.task.state) && !mayAsk;
    let found = isOpen ? known : await lookup.byRef(principal, taskRef);
    const goesOn = () =>
      !isDone(found.task.state) && !asks(found.task.state) && Date.now() < until && !left();
    if (!goesOn()) return found.task;
    const { operation } = found.task;
    // No event tells of a question that a workflow of another application has.
    const isWatched = onProgress !== undefined || targets.mayAsk(operation);
    return limits.wait({ principal: toIdPart(principal), operation }, until, async () => {
      const poll = async (ends?: AbortSignal) => longPolls.wait(found, until, ends);
      while (goesOn()) {
        const closing = isWatched
          ? await race(signal, poll, async (ends) =>
              watch(lookup, principal, taskRef, onProgress, ends),
            )
          : await poll(signal);
        if (closing && !isTerminated(closing.outcome)) return lookup.close(found, closing).task;
        // It asks, the time is up, the caller left or the gateway stops, too many wait, the task goes on in another run to ask, or
        // the run was terminated: a reset does that, too.
        found = await lookup.byRef(principal, taskRef);
      }
      return found.task;
    });
  };
}

/** What comes first; the others end by their signal, as all do when the caller leaves. */
async function race<Result>(
  left: AbortSignal | undefined,
  ...ways: readonly ((ends: AbortSignal) => Promise<Result>)[]
): Promise<Result> {
  const over = new AbortController();
  const ends = left ? AbortSignal.any([over.signal, left]) : over.signal;
  return Promise.race(ways.map(async (way) => way(ends))).finally(() => {
    over.abort();
  });
}

export function asks({ status }: TaskState): boolean {
  return status === 'input_required';
}

/** Whether an operator ended the run, which may have been a reset. */
export function isTerminated(outcome: Outcome): boolean {
  return outcome.status === 'failed' && outcome.error.code === 'TERMINATED';
}

/**
 * Reads the task until it asks, or the wait is over, and reports progress. It stands beside the long poll: a workflow that is slow to say
 * how far it is does not delay its end. A read that fails is left out: the wait itself says what is wrong.
 */
async function watch(
  lookup: Pick<Lookup, 'byRef'>,
  principal: string,
  taskRef: string,
  onProgress: ((progress: Progress) => void) | undefined,
  over: AbortSignal,
): Promise<null> {
  const isOver = () => over.aborted;
  for (await pause(WATCH_MS, over); !isOver(); await pause(WATCH_MS, over)) {
    const found = await lookup.byRef(principal, taskRef).catch(() => null);
    const state = found?.task.state;
    if (!isOver() && state?.status === 'processing' && state.progress) onProgress?.(state.progress);
    if (state && asks(state)) return null;
  }
  return null;
}
