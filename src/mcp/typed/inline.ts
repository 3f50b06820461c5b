// A typed call that waits for its task: the result if it comes in time, and otherwise the handle. Invariant: once the task
// exists, the caller gets the one or the other, whatever becomes of the wait.
import { setTimeout as sleep } from 'node:timers/promises';
import type { InputRequests, InputResponses } from '../../contract/input.ts';
import { isDone, type Task } from '../../contract/task.ts';
import type { ServerContext } from '@modelcontextprotocol/server';
import { withProgress } from '../progress.ts';
import type { Call } from '../tool.ts';
import { withoutAnswered } from '../input/answered.ts';
import { waitForTask } from '../wait.ts';
import type { Typed } from './typed.ts';

/** How a caller can be asked while it waits; `null` when it cannot. */
export type AskPerson = ((requests: InputRequests) => Promise<InputResponses | null>) | null;

/** What a call waits for. */
export interface InlineWait {
  /** How long, in milliseconds. */
  readonly waitMs: number;
  /** Keys of questions that this very call has answered. Default: none. */
  readonly answered?: readonly string[];
  /** Asks on the connection of the call. The time of the person does not count, and the wait begins anew. */
  readonly ask: AskPerson;
}

/** Pause before another look at a task that has not taken note of its answers, in milliseconds. */
const LOOK_MS = 200;

/** The task as soon as it is done or asks what cannot be asked here, or as it stands when the time is up. */
export async function waitInline(
  typed: Typed,
  context: ServerContext,
  found: Task,
  wait: InlineWait,
): Promise<Task> {
  if (wait.waitMs <= 0) return withoutAnswered(found, wait.answered ?? []);
  const caller = typed.caller(context);
  return withProgress(context, async (onProgress) =>
    follow(typed, { caller, ...(onProgress && { onProgress }) }, found, wait),
  );
}

async function follow(typed: Typed, call: Call, found: Task, wait: InlineWait): Promise<Task> {
  const { tasks, drain } = typed;
  const { waitMs, ask } = wait;
  const answered = [...(wait.answered ?? [])];
  let task = withoutAnswered(found, answered);
  let until = Date.now() + waitMs;
  while (!isDone(task.state)) {
    const left = until - Date.now();
    if (left <= 0 || drain.begun || call.caller.signal?.aborted) break;
    try {
      task = withoutAnswered(await look(typed, call, task, left), answered);
      const requests = toOpenRequests(task);
      if (requests === null) continue;
      const responses = await ask?.(requests);
      if (!responses) break;
      answered.push(...Object.keys(responses));
      task = withoutAnswered(
        await tasks.provideInput(call.caller, task.taskRef, responses),
        answered,
      );
      until = Date.now() + waitMs;
    } catch {
      break;
    }
  }
  return task;
}

/** What a task asks now; `null` when nothing. */
export function toOpenRequests({ state }: Task): InputRequests | null {
  if (state.status !== 'input_required') return null;
  return Object.keys(state.requests).length > 0 ? state.requests : null;
}

async function look(typed: Typed, call: Call, task: Task, leftMs: number): Promise<Task> {
  if (task.state.status !== 'input_required') {
    const seconds = leftMs / 1000;
    return waitForTask(typed, call, task.taskRef, seconds, seconds);
  }
  if (toOpenRequests(task) !== null) return task;
  const { signal } = call.caller;
  await sleep(Math.min(LOOK_MS, leftMs), undefined, signal && { signal });
  return typed.tasks.read(call.caller, task.taskRef);
}
