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
import { runAttempts } from './task/attempts.ts';
import type { Task } from './task/task.ts';
import { withCallbacks } from './callbacks/with-callbacks.ts';
import { createClock } from './task/clock.ts';
import { createDialogue } from './task/input.ts';
import { NOTHING_BEFORE } from './task/next-step.ts';
import { runJob } from './task/job.ts';
import { createStory } from './task/status-lines.ts';

export { deliverCallback } from './callbacks/deliver-callback.ts';

export { keepBreakers } from './breakers/keep-breakers.ts';
export { keepSeat } from './exclusive/exclusive-worker.ts';

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
