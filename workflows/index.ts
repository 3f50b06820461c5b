// The one workflow of Longhaul. Its code never changes when an operation is added: what differs stands in its input.
import { defineQuery, setCurrentDetails, setHandler } from '@temporalio/workflow';
import type { TaskInput, TaskOutput } from '../src/contract/task-input.ts';
import { runAttempts } from './attempts.ts';
import { createClock } from './clock.ts';
import { runJob } from './job.ts';
import { createStory } from './story.ts';

/** For people in the Temporal UI; gateways read state with describe, which needs no worker. */
export const taskQuery = defineQuery<string>('task');

/** Runs one task to its outcome: a result, or a failure whose type is a code of the error table. */
export async function runTask(input: TaskInput): Promise<TaskOutput> {
  const story = createStory(setCurrentDetails);
  setHandler(taskQuery, story.read);
  const task = { input, clock: createClock(), story };
  return input.kind === 'job' ? runJob(task) : runAttempts(task, input.operation);
}
