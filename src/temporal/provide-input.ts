// Answering a task's questions: a signal, which Temporal keeps whether or not a worker is there.
import type { Client } from '@temporalio/client';
import { INPUT_SIGNAL, type InputResponses } from '../contract/input.ts';
import type { Task } from '../contract/task.ts';
import type { Caller } from '../tasks/service.ts';
import { isNotFound, toReadError } from './failure.ts';
import { withLimit } from './limit.ts';
import type { Lookup } from './lookup.ts';

/** Answers questions of the task of a task_ref. */
export function createProvideInput(
  client: Client,
  lookup: Lookup,
  limitMs: number,
): (caller: Caller, taskRef: string, responses: InputResponses) => Promise<Task> {
  return async ({ principal }, taskRef, responses) => {
    const { task, workflowId } = await lookup.byRef(principal, taskRef);
    if (task.state.status !== 'input_required') return task;
    const { requests } = task.state;
    const asked = Object.entries(responses).filter(([key]) => Object.hasOwn(requests, key));
    if (asked.length === 0) return task;
    try {
      await withLimit(client.connection, limitMs, async () =>
        client.workflow.getHandle(workflowId).signal(INPUT_SIGNAL, Object.fromEntries(asked)),
      );
    } catch (failure) {
      if (!isNotFound(failure)) throw toReadError(failure); // not found: it ended in between
    }
    return (await lookup.byRef(principal, taskRef)).task;
  };
}
