// Makes a live handle from data. Invariant: an aborted wait that cancels has told the server before it throws, or has
// tried for a bounded time.
import { follow, MARGIN_MS, toLook, toReference, type Follower } from './follow.ts';
import type { SerializedHandle, TaskHandle } from './handle.ts';
import { isOutcome, toTaskView, type TaskView } from './view.ts';

/** How long a cancel is tried after an abort, in milliseconds. */
const CANCEL_PATIENCE_MS = 10_000;

/** A signal that never fires. */
export const NEVER: AbortSignal = new AbortController().signal;

/** Makes a handle; `seen` is what is known of the task, so that a known end costs no call. */
export function createHandle(
  shared: Omit<Follower, 'handle'>,
  handle: SerializedHandle,
  seen: TaskView,
): TaskHandle {
  const follower: Follower = { ...shared, handle };
  const { caller, options } = shared;
  const { dialect } = options;
  let last = seen;

  const cancel = async (reason?: string, patienceMs?: number): Promise<void> => {
    if (dialect.cancelTool === undefined) return;
    const args = {
      ...toReference(dialect, handle),
      ...(dialect.reason !== undefined && reason !== undefined && { [dialect.reason]: reason }),
    };
    await caller.call({
      tool: dialect.cancelTool,
      ask: () => ({ args, timeoutMs: MARGIN_MS }),
      signal: NEVER,
      ...(patienceMs !== undefined && { patienceMs }),
      handle,
    });
  };

  return {
    ...handle,
    wait: async ({ signal = NEVER, cancelOnAbort = false, onProgress, onInput } = {}) => {
      try {
        const outcome = await follow(follower, last, { signal, onProgress, onInput });
        last = outcome;
        return outcome;
      } catch (error) {
        if (signal.aborted && cancelOnAbort) {
          await cancel('the caller gave up', CANCEL_PATIENCE_MS).catch(() => undefined);
        }
        throw error;
      }
    },
    read: async ({ waitSeconds = 0, signal = NEVER } = {}) => {
      if (isOutcome(last)) return last;
      const look = toLook(follower, waitSeconds);
      const { answer } = await caller.call({
        tool: dialect.statusTool,
        ask: () => look,
        signal,
        handle,
      });
      last = toTaskView(answer, dialect);
      return last;
    },
    cancel: (reason) => cancel(reason),
    toJSON: () => handle,
  };
}
