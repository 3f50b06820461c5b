// Waiting for a task inside one call. A wait ends when the task is done, when its time is over, when the caller goes
// away, or when the gateway shuts down; only the third leaves the call unanswered, and none touches the task.
import type { Task } from '../../contract/task.ts';
import type { TaskService } from '../../tasks/service.ts';
import type { Drain } from '../drain.ts';
import type { Call } from '../tool.ts';

/** What the tools of the pair share. */
export interface Waiting {
  readonly tasks: TaskService;
  readonly drain: Drain;
  /** Longest `wait_seconds` that is honoured; a larger one counts as this. */
  readonly waitCapSeconds: number;
}

/** The task when it is done, or as it stands after `waitSeconds`, capped. */
export async function waitForTask(
  { tasks, drain, waitCapSeconds }: Waiting,
  { caller, onProgress }: Call,
  taskRef: string,
  waitSeconds: number,
): Promise<Task> {
  const waitMs = Math.min(waitSeconds, waitCapSeconds) * 1000;
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
