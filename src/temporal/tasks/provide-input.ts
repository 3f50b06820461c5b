// Answering a task's questions: a signal, which Temporal keeps whether or not a worker polls.
import type { Client } from '@temporalio/client';
import { toBackOffMs } from '../../contract/back-off.ts';
import { INPUT_SIGNAL, type InputRequests, type InputResponses } from '../../contract/input.ts';
import type { Task } from '../../contract/task.ts';
import { checkAnswers } from '../../operations/input/answers.ts';
import type { Caller } from '../../tasks/service.ts';
import { isNotFound, toReadError } from '../calls/failure.ts';
import { withLimit } from '../calls/call-limit.ts';
import type { Lookup } from './lookup.ts';
import type { CallLimits } from './call-limits.ts';
import { pause } from '../../contract/pause.ts';
import type { TargetStates } from './target-state.ts';

/** Pauses between reads until an answer is taken up, which takes a worker some 50 ms; in milliseconds. */
const FIRST_READ_MS = 50;
const LONGEST_READ_MS = 500;

export function createProvideInput(
  client: Client,
  lookup: Pick<Lookup, 'byRef'>,
  targets: Pick<TargetStates, 'answer'>,
  { readMs, noteMs }: CallLimits,
): (caller: Caller, taskRef: string, responses: InputResponses) => Promise<Task> {
  return async ({ principal, signal }, taskRef, responses) => {
    const { task, workflowId } = await lookup.byRef(principal, taskRef);
    if (task.state.status !== 'input_required') return task;
    const answers = checkAnswers(task.state.requests, responses);
    if (Object.keys(answers).length === 0) return task;
    try {
      if (!(await targets.answer(task, answers))) {
        await withLimit(client.connection, readMs, async () =>
          client.workflow.getHandle(workflowId).signal(INPUT_SIGNAL, answers),
        );
      }
    } catch (failure) {
      if (!isNotFound(failure)) throw toReadError(failure); // not found: it ended in between
    }
    const until = Date.now() + noteMs;
    for (let reads = 0; ; reads += 1) {
      await pause(toBackOffMs(FIRST_READ_MS, 2, reads, LONGEST_READ_MS), signal);
      const found = await lookup.byRef(principal, taskRef);
      const isOver = Date.now() >= until || signal?.aborted === true;
      if (isOver || !stillAsks(found.task, answers)) return found.task;
    }
  };
}

function stillAsks({ state }: Task, answers: InputResponses): boolean {
  const requests: InputRequests = state.status === 'input_required' ? state.requests : {};
  return Object.keys(answers).some((key) => Object.hasOwn(requests, key));
}
