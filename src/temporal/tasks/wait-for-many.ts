// Waiting for several tasks in one call: a shared long poll for each, and one place among the waits of the caller for all of them.
import { toErrorCode } from '../../contract/errors.ts';
import { isDone, type Task } from '../../contract/task.ts';
import type { Limits } from '../../limits/limits.ts';
import type { Caller, TaskService } from '../../tasks/service.ts';
import { mapSome } from '../calls/map-some.ts';
import { toIdPart } from '../calls/identity.ts';
import { asks } from './wait.ts';

/** @param wait takes no place among the waits of the caller */
export function createWaitForMany(
  wait: TaskService['wait'],
  limits: Limits,
): TaskService['waitForMany'] {
  /** `null` for a handle that names no task of the caller. */
  const find = async (caller: Caller, taskRef: string, waitMs: number): Promise<Task | null> =>
    wait(caller, taskRef, waitMs).catch((thrown: unknown) => {
      if (toErrorCode(thrown) === 'TASK_NOT_FOUND') return null;
      throw thrown;
    });

  return async (caller, taskRefs, waitFor, waitMs) => {
    const until = Date.now() + waitMs;
    const found = await mapSome(taskRefs, async (taskRef) => find(caller, taskRef, 0));
    const open = found.flatMap((task) => (task && !hasEnded(task) ? [task] : []));
    const first = open[0];
    const isEnough = waitFor === 'any' && found.some((task) => task && hasEnded(task));
    if (!first || isEnough || waitMs <= 0) return found;
    const { operation } = first;
    return limits.wait({ principal: toIdPart(caller.principal), operation }, until, async () => {
      const enough = new AbortController();
      const signals = [enough.signal, ...(caller.signal ? [caller.signal] : [])];
      const patient = { ...caller, signal: AbortSignal.any(signals) };
      const follow = async (task: Task): Promise<Task | null> => {
        const awaited = await find(patient, task.taskRef, until - Date.now());
        if (waitFor === 'any' && awaited && hasEnded(awaited)) enough.abort();
        return awaited;
      };
      return Promise.all(
        found.map(async (task) => (task && !hasEnded(task) ? follow(task) : task)),
      );
    });
  };
}

/** Whether there is something to do for the caller. */
function hasEnded({ state }: Task): boolean {
  return isDone(state) || asks(state);
}
