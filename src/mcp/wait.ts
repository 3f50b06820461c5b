// Waiting for a task inside one call. A wait ends when the task is done, when its time is over, when the caller goes
// away, or when the gateway shuts down; only the third leaves the call unanswered, and none touches the task.
import { isErrorCode } from '../contract/errors.ts';
import type { Task } from '../contract/task.ts';
import type { Polling } from '../tasks/options.ts';
import type { TaskService } from '../tasks/service.ts';
import type { Drain } from './drain.ts';
import type { Call } from './tool.ts';

/** What the tools of the pair share. */
export interface Waiting {
  readonly tasks: TaskService;
  readonly drain: Drain;
  readonly polling: Polling;
}

/** The task when it is done, or as it stands after `waitSeconds`, capped. */
export async function waitForTask(
  { tasks, drain, polling }: Waiting,
  { caller, onProgress }: Call,
  taskRef: string,
  waitSeconds: number,
  capSeconds = polling.waitCapSeconds,
): Promise<Task> {
  const waitMs = Math.min(waitSeconds, capSeconds) * 1000;
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

/** A task, and whether there was no place to wait for it. */
export interface Awaited {
  readonly task: Task;
  readonly crowded: boolean;
}

/** Waits, where the limits of the caller leave a place to; otherwise the task as it stands, at once. */
export async function waitOrRead(
  waiting: Waiting,
  call: Call,
  taskRef: string,
  waitSeconds: number,
): Promise<Awaited> {
  try {
    return { task: await waitForTask(waiting, call, taskRef, waitSeconds), crowded: false };
  } catch (thrown) {
    if (waitSeconds <= 0 || !isRateLimited(thrown)) throw thrown;
    return { task: await waiting.tasks.read(call.caller, taskRef), crowded: true };
  }
}

function isRateLimited(thrown: unknown): boolean {
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : null;
  return isErrorCode(code) && code === 'RATE_LIMITED';
}
