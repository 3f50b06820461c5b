// Makes a live handle from data. Invariant: an aborted wait that cancels has sent the cancel before it throws, or has tried
// for a bounded time.
import type { Faces } from './faces.ts';
import { follow, MARGIN_MS, toPoll, type Follower } from './follow.ts';
import type { SerializedHandle, TaskHandle } from './handle.ts';
import { isOutcome, type TaskView } from './view.ts';

export interface Shared extends Pick<Follower, 'caller' | 'options'> {
  readonly faces: Faces;
}

/** How long a cancel is tried after an abort, in milliseconds. */
const CANCEL_MS = 10_000;

export const NEVER: AbortSignal = new AbortController().signal;

/** Makes a handle; `seen` is what is known of the task, so that a known end costs no call. */
export function createHandle(
  { caller, options, faces }: Shared,
  handle: SerializedHandle,
  seen: TaskView,
): TaskHandle {
  let last = seen;

  const cancel = async (reason?: string, outageMs?: number): Promise<void> => {
    const step = faces.following(false).cancel(handle.taskRef, reason);
    if (step === null || isOutcome(last)) return;
    await caller.call({
      ask: () => ({ step, timeoutMs: MARGIN_MS }),
      signal: NEVER,
      ...(outageMs !== undefined && { outageMs }),
      handle,
    });
  };

  return {
    ...handle,
    wait: async ({ signal = NEVER, cancelOnAbort = false, onProgress, onInput } = {}) => {
      try {
        const face = faces.following(onInput !== undefined);
        const listener = { signal, onProgress, onInput };
        const outcome = await follow({ caller, options, handle, face }, last, listener);
        last = outcome;
        return outcome;
      } catch (error) {
        if (signal.aborted && cancelOnAbort) {
          await cancel('the caller gave up', CANCEL_MS).catch(() => undefined);
        }
        throw error;
      }
    },
    read: async ({ waitSeconds = 0, signal = NEVER } = {}) => {
      if (isOutcome(last)) return last;
      const poll = toPoll({ face: faces.following(false), handle }, waitSeconds);
      const { value } = await caller.call({ ask: () => poll, signal, handle });
      last = value;
      return last;
    },
    cancel: (reason) => cancel(reason),
    toJSON: () => handle,
  };
}
