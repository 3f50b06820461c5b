// Waiting for a task inside one call. A wait ends when the task is done or asks something, when its time is over, when the
// caller goes away, or when the gateway shuts down; only the third leaves the call unanswered, and none touches the task.
import { toErrorCode } from '../contract/errors.ts';
import type { Task } from '../contract/task.ts';
import type { Call } from './call.ts';

/** The task when it is done or asks something, or as it stands after `seconds`, at most `capSeconds`. */
export async function waitForTask(
  { mcp: { tasks, drain, polling }, caller, onProgress }: Call,
  taskRef: string,
  seconds: number,
  capSeconds = polling.waitCapSeconds,
): Promise<Task> {
  const waitMs = Math.min(seconds, capSeconds) * 1000;
  if (waitMs <= 0) return tasks.read(caller, taskRef);
  const ending = new AbortController();
  const end = (): void => {
    ending.abort();
  };
  const forget = drain.onBegin(end);
  caller.signal?.addEventListener('abort', end);
  if (drain.begun || caller.signal?.aborted) end();
  try {
    return await tasks.wait({ ...caller, signal: ending.signal }, taskRef, waitMs, onProgress);
  } catch (error) {
    if (drain.begun && !caller.signal?.aborted) return await tasks.read(caller, taskRef);
    throw error;
  } finally {
    forget();
    caller.signal?.removeEventListener('abort', end);
  }
}

/** A task, and whether the limits of the caller left no place to wait for it. */
export interface Awaited {
  readonly task: Task;
  readonly crowded: boolean;
}

/** Waits where the limits of the caller leave a place to; otherwise reads the task at once. */
export async function waitOrRead(call: Call, taskRef: string, seconds: number): Promise<Awaited> {
  try {
    return { task: await waitForTask(call, taskRef, seconds), crowded: false };
  } catch (thrown) {
    if (seconds <= 0 || toErrorCode(thrown) !== 'RATE_LIMITED') throw thrown;
    return { task: await call.mcp.tasks.read(call.caller, taskRef), crowded: true };
  }
}
