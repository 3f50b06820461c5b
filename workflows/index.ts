// The workflow of every task. Its code never changes when an operation is added: what differs stands in its input. Beside it
// the one that delivers a callback.
import {
  ApplicationFailure,
  CancellationScope,
  defineQuery,
  setCurrentDetails,
  setHandler,
} from '@temporalio/workflow';
import type { TaskInput, TaskOutput } from '../src/contract/task-input.ts';
import { runAttempts } from './attempts.ts';
import type { Task } from './task.ts';
import { withCallbacks } from './callbacks.ts';
import { createClock } from './clock.ts';
import { createDialogue } from './dialogue.ts';
import { NOTHING_BEFORE } from './next-step.ts';
import { runJob } from './job.ts';
import { createStory } from './story.ts';

export { deliverCallback } from './deliver-callback.ts';

export { keepBreakers } from './breakers.ts';
export { keepSeat } from './seat.ts';

/** For people in the Temporal UI; gateways read state with describe, which needs no worker. */
export const taskQuery = defineQuery<string>('task');

/** Runs one task to its outcome: a result, or a failure whose type is a code of the error table. */
export async function runTask(input: TaskInput): Promise<TaskOutput> {
  return withCallbacks(input, async () => run(input));
}

async function run(input: TaskInput): Promise<TaskOutput> {
  const story = createStory(setCurrentDetails);
  setHandler(taskQuery, story.read);
  const clock = createClock(input.before ?? NOTHING_BEFORE);
  if (input.before) story.tell(`\`${input.operation}\` goes on from the run in which it asked`);
  const dialogue = createDialogue(input, clock, story);
  const task: Task = { input, clock, story, dialogue };
  const scope = CancellationScope.current();
  try {
    await dialogue.awaitAnswers();
    const output = await (input.kind === 'job' ? runJob(task) : runAttempts(task));
    return scope.consideredCancelled ? { ...output, cancelRequested: true } : output;
  } catch (failure) {
    throw scope.consideredCancelled ? toCancelRequested(failure) : failure;
  }
}

/** A task that failed although it was to be cancelled keeps both in mind. */
function toCancelRequested(failure: unknown): unknown {
  if (!(failure instanceof ApplicationFailure)) return failure;
  const { message } = failure;
  const details = [{ ...(failure.details?.[0] as object), cancelRequested: true }];
  return ApplicationFailure.create({
    type: failure.type ?? 'INTERNAL',
    message,
    nonRetryable: true,
    details,
  });
}
