// Following a task to its end, outside the model. Invariants: the next poll comes at once only when the server has held
// the last one for as long as it was asked to, and otherwise not before the server's hint, or the back-off, is over; a
// question is put once.
import type { InputResponses } from '../contract/input.ts';
import type { Progress } from '../contract/task.ts';
import type { Caller, TimedStep } from './caller.ts';
import { TaskClientError } from './errors.ts';
import type { Face } from './face.ts';
import type { AnswerInput, SerializedHandle } from './handle.ts';
import type { ResolvedOptions } from './options.ts';
import { toPauseMs, withJitter } from './timing.ts';
import { isOutcome, type TaskOutcome, type TaskView } from './view.ts';

export interface Listener {
  readonly signal: AbortSignal;
  readonly onProgress: ((progress: Progress) => void) | undefined;
  readonly onInput: AnswerInput | undefined;
}

export interface Follower {
  readonly caller: Caller;
  readonly options: ResolvedOptions;
  readonly handle: SerializedHandle;
  readonly face: Face;
}

/** Time that a call may take beyond the wait that it asks for, in milliseconds. */
export const MARGIN_MS = 10_000;

/** Shorter than this, in milliseconds, a server has not waited, and a call has not run into a limit. */
const NOTICEABLE_MS = 1000;

/** Follows a task from what was last seen of it. @throws {TaskClientError} when its end cannot be learned. */
export async function follow(
  follower: Follower,
  seen: TaskView,
  { signal, onProgress, onInput }: Listener,
): Promise<TaskOutcome> {
  const { caller, options, handle, face } = follower;
  const { timing } = options;
  const put = new Set<string>();
  let waitSeconds = face.canWait ? options.waitSeconds : 0;
  let polls = 0;
  let view = seen;
  let pauseMs = waitSeconds > 0 ? 0 : toHintMs(view, 0, options);
  let lastProgress = '';
  const report =
    onProgress &&
    ((progress: Progress): void => {
      const text = JSON.stringify(progress);
      if (text !== lastProgress) onProgress(progress);
      lastProgress = text;
    });

  for (;;) {
    if (isOutcome(view)) return view;
    if (view.status === 'running' && view.progress) report?.(view.progress);
    if (view.status === 'input_required' && onInput && face.takesInput) {
      const requests = Object.entries(view.requests).filter(([key]) => !put.has(key));
      if (requests.length > 0) {
        for (const [key] of requests) put.add(key);
        const context = { signal, taskRef: handle.taskRef };
        const responses = await onInput(Object.fromEntries(requests), context);
        view = await provideInput(follower, responses, signal);
        continue;
      }
    }
    if (face.countsPolls && polls >= options.maxAttempts) throw toExhausted(handle, polls);
    if (pauseMs > 0) {
      await options.wakeUps.pause(handle.taskRef, withJitter(pauseMs, timing), timing, signal);
    }
    const { value, elapsedMs } = await caller.call({
      ask: () => toPoll(follower, waitSeconds),
      signal,
      onProgress: report,
      onLost: (lostMs) => {
        // A proxy or the connection's own timeout may have cut the wait: ask for less.
        if (lostMs >= NOTICEABLE_MS) waitSeconds = Math.floor(waitSeconds / 2);
      },
      handle,
    });
    view = value;
    const honoured = waitSeconds > 0 && elapsedMs >= waitSeconds * 900;
    const held = waitSeconds > 0 && elapsedMs >= NOTICEABLE_MS;
    polls = held ? 0 : polls + 1;
    pauseMs = honoured ? 0 : toHintMs(view, polls, options) - elapsedMs;
    if (held && !honoured) waitSeconds = Math.floor(elapsedMs / 1000); // the server's cap
  }
}

export function toPoll(
  { face, handle }: Pick<Follower, 'face' | 'handle'>,
  waitSeconds: number,
): TimedStep<TaskView> {
  const step = face.poll(handle.taskRef, waitSeconds);
  return { step, timeoutMs: waitSeconds * 1000 + MARGIN_MS };
}

async function provideInput(
  { caller, face, handle }: Follower,
  responses: InputResponses,
  signal: AbortSignal,
): Promise<TaskView> {
  const step = face.provideInput(handle.taskRef, responses);
  const { value } = await caller.call({
    ask: () => ({ step, timeoutMs: MARGIN_MS }),
    signal,
    handle,
  });
  return value;
}

function toHintMs(view: TaskView, polls: number, { backOff }: ResolvedOptions): number {
  const hint = isOutcome(view) ? null : view.pollAfterMs;
  return hint ?? toPauseMs(polls, backOff);
}

function toExhausted(handle: SerializedHandle, polls: number): TaskClientError {
  const message = `task ${handle.taskRef} has not ended after ${polls} polls; it runs on, and its handle stays good`;
  return new TaskClientError('POLLS_EXHAUSTED', message, { retryable: true, handle });
}
