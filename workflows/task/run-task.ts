// The workflow of every task. Its code never changes when an operation is added: what differs stands in its input.
import {
  CancellationScope,
  defineQuery,
  setCurrentDetails,
  setHandler,
} from '@temporalio/workflow';
import type { TaskInput, TaskOutput } from '../../src/contract/workflow/task-input.ts';
import { withCallbacks } from '../callbacks/with-callbacks.ts';
import { runBatch } from '../batch/run-batch.ts';
import { runAttempts } from './attempts.ts';
import { runCall } from './call.ts';
import { createClock } from './clock.ts';
import { withCancelRequested } from './failure.ts';
import { awaitAnswers } from './held.ts';
import { createQuestions } from './input.ts';
import { runJob } from './job.ts';
import { awaitStart } from './late-start.ts';
import { createStatusLines } from './status-lines.ts';
import type { Task } from './task.ts';
import { runWorkflow } from './workflow.ts';

const STEPS = {
  run: runAttempts,
  job: runJob,
  workflow: runWorkflow,
  activity: runAttempts,
  call: runCall,
  batch: runBatch,
} as const;

/** For people in the Temporal UI; gateways read state with describe, which needs no worker. */
const taskQuery = defineQuery<string>('task');

/** Runs one task to its outcome: a result, or a failure whose type is a code of the error table. */
export function runTask(input: TaskInput): Promise<TaskOutput> {
  const { callbacks = [] } = input;
  return callbacks.length === 0 ? run(input) : withCallbacks(input, callbacks, run);
}

async function run(input: TaskInput): Promise<TaskOutput> {
  const statusLines = createStatusLines(setCurrentDetails);
  setHandler(taskQuery, statusLines.read);
  const clock = createClock(input);
  if (input.before) statusLines.add(`\`${input.operation}\` goes on from an earlier run`);
  const questions = createQuestions(input, clock, statusLines);
  const task: Task = { input, clock, statusLines, questions };
  const scope = CancellationScope.current();
  try {
    // Each await is two promises, of which the SDK keeps a stack: a task without questions, a late start or a delay does without them.
    const { followed, holder } = input.before ?? {};
    if (!followed && (input.asked || holder)) await awaitAnswers(task, holder);
    if (input.startAfterMs !== undefined) await awaitStart(task);
    const output = await STEPS[input.kind](task);
    return scope.consideredCancelled ? { ...output, cancelRequested: true } : output;
  } catch (failure) {
    throw scope.consideredCancelled ? withCancelRequested(failure) : failure;
  }
}
