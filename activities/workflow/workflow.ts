// The three activities of an operation that is a workflow of another application.
import { Context } from '@temporalio/activity';
import { toStepType } from '../../src/contract/workflow/activity-id.ts';
import { OperationError } from '../../src/contract/errors.ts';
import type { Json } from '../../src/contract/json.ts';
import type { AttemptInput } from '../../src/contract/workflow/task-input.ts';
import { toWorkflowTaskRef } from '../../src/contract/task-ref.ts';
import type { WorkflowSteps } from '../../src/operations/operation.ts';
import { runAttempt, type AttemptOptions } from '../attempt/attempt.ts';
import { createSubmitSignal } from '../attempt/stop.ts';
import { demand, type Followed } from './demand.ts';
import { follow } from './follow.ts';

type Activity = (input: AttemptInput) => Promise<Json>;

export function createWorkflowActivities(
  name: string,
  steps: WorkflowSteps,
  options: AttemptOptions,
): readonly (readonly [string, Activity])[] {
  return [
    [toStepType(name, 'start'), async (input) => start(input, steps, options)],
    [
      toStepType(name, 'follow'),
      async (input) => Promise.resolve(follow(toFollowed(input), steps, options)),
    ],
    [toStepType(name, 'stop'), async (input) => stop(toFollowed(input), steps, options)],
  ];
}

async function start(
  input: AttemptInput,
  steps: WorkflowSteps,
  options: AttemptOptions,
): Promise<Json> {
  const { workflowId = '', runId = '' } = Context.current().info.workflowExecution ?? {};
  const firstRunId = input.firstRunId ?? runId;
  const names = {
    task_ref: toWorkflowTaskRef(workflowId, firstRunId),
    idempotency_key: input.idempotencyKey,
  };
  // A cancel does not reach it: without its answer the workflow could not be named.
  return runAttempt(
    input,
    options,
    async (_, parameters) => {
      const plan = steps.plan(parameters, { ...names, workflowId });
      return { ...(await demand(options).targets.start(plan, { ...names, runId: firstRunId })) };
    },
    createSubmitSignal,
  );
}

async function stop(
  input: Followed,
  { cancel }: WorkflowSteps,
  options: AttemptOptions,
): Promise<Json> {
  const { target, stopReason = 'cancel' } = input;
  return runAttempt(input, options, async () => ({
    ...(await demand(options).targets.stop(target, cancel, stopReason)),
  }));
}

function toFollowed(input: AttemptInput): Followed {
  if (input.target) return { ...input, target: input.target };
  throw new OperationError('INTERNAL', 'the task does not say which workflow it follows');
}
