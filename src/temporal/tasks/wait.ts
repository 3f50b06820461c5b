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
import type { Found } from './known-tasks.ts';
import { pause } from '../calls/pause.ts';
import type { TargetStates } from './target-state.ts';

/** Pause between two reads of the progress of a task, where the caller wants progress, in milliseconds. */
const WATCH_MS = 1_000;

/** Waits for tasks; one beyond the limits rejects with `RATE_LIMITED`, and is no reason not to read the task. */
export function createWait(
  lookup: Lookup,
  longPolls: LongPolls,
  limits: Limits,
  targets: Pick<TargetStates, 'mayAsk'>,
): TaskService['wait'] {
  return async ({ principal, signal }, taskRef, waitMs, onProgress): Promise<Task> => {
    const until = Date.now() + waitMs;
    // No event tells of a question that a workflow of another application has.
    const toPollEnd = ({ task }: Found, end: number) =>
      targets.mayAsk(task.operation) ? Math.min(end, Date.now() + WATCH_MS) : end;
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
    return limits.wait({ principal: toIdPart(principal), operation }, until, async () => {
      const over = new AbortController();
      if (onProgress) void watch(lookup, principal, taskRef, onProgress, over.signal);
      try {
        while (goesOn()) {
          const closing = await longPolls.wait(found, toPollEnd(found, until), signal);
          if (closing && !isTerminated(closing.outcome)) return lookup.close(found, closing).task;
          // The time is up, the caller left or the gateway stops, too many wait, the task goes on in another run to ask, or
          // the run was terminated: a reset does that, too.
          found = await lookup.byRef(principal, taskRef);
        }
        return found.task;
      } finally {
        over.abort();
      }
    });
  };
}

export function asks({ status }: TaskState): boolean {
  return status === 'input_required';
}

/** Whether an operator ended the run, which may have been a reset. */
export function isTerminated(outcome: Outcome): boolean {
  return outcome.status === 'failed' && outcome.error.code === 'TERMINATED';
}

/** Reports progress until the wait is over. A read that fails is left out: the wait itself says what is wrong. */
async function watch(
  lookup: Lookup,
  principal: string,
  taskRef: string,
  onProgress: (progress: Progress) => void,
  over: AbortSignal,
): Promise<void> {
  const isOver = () => over.aborted;
  for (await pause(WATCH_MS, over); !isOver(); await pause(WATCH_MS, over)) {
    const found = await lookup.byRef(principal, taskRef).catch(() => null);
    const state = found?.task.state;
    if (!isOver() && state?.status === 'processing' && state.progress) onProgress(state.progress);
  }
}
