// A typed call that waits for its task: the result if it comes in time, and otherwise the handle. Invariant: once the task
// exists, the caller gets the one or the other, whatever becomes of the wait.
import { setTimeout as sleep } from 'node:timers/promises';
import { isDone, type Task } from '../../contract/task.ts';
import type { Call } from '../call.ts';
import { askInTurn } from '../input/elicitation.ts';
import { toOpenRequests, withoutAnswered } from '../input/open-requests.ts';
import { waitForTask } from '../wait.ts';

export interface InlineWait {
  readonly waitMs: number;
  /** Keys of questions that this very call has answered. Default: none. */
  readonly answered?: readonly string[];
  /**
   * Whether questions are put to the user on the connection of the call. The time of the person does not count, and the
   * wait begins anew. Default: `false`.
   */
  readonly asks?: boolean;
}

/** Pause before another read of a task that does not show its answers yet, in milliseconds. */
const PAUSE_MS = 200;

/** The task as soon as it is done or asks what cannot be asked here, or as it stands when the time is up. */
export async function waitInline(call: Call, found: Task, wait: InlineWait): Promise<Task> {
  const { tasks, drain } = call.mcp;
  const answered = [...(wait.answered ?? [])];
  let task = withoutAnswered(found, answered);
  let until = Date.now() + wait.waitMs;
  while (!isDone(task.state)) {
    const left = until - Date.now();
    if (left <= 0 || drain.signal.aborted || call.caller.signal?.aborted) break;
    try {
      task = withoutAnswered(await follow(call, task, left), answered);
      const requests = toOpenRequests(task);
      if (requests === null) continue;
      const responses = wait.asks ? await askInTurn(call, requests) : null;
      if (!responses) break;
      answered.push(...Object.keys(responses));
      task = withoutAnswered(
        await tasks.provideInput(call.caller, task.taskRef, responses),
        answered,
      );
      until = Date.now() + wait.waitMs;
    } catch {
      break;
    }
  }
  return task;
}

async function follow(call: Call, task: Task, leftMs: number): Promise<Task> {
  const { mcp, caller } = call;
  if (task.state.status !== 'input_required')
    return waitForTask(call, task.taskRef, leftMs / 1000, leftMs / 1000);
  if (toOpenRequests(task) !== null) return task;
  const { signal } = caller;
  await sleep(Math.min(PAUSE_MS, leftMs), undefined, signal && { signal });
  return mcp.tasks.read(caller, task.taskRef);
}
