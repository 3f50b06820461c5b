// The activities of a worker: one type per operation, several for a job or a workflow. An operation that this worker
// does not know is refused, not dropped: a newer worker may take the next attempt.
import { Context } from '@temporalio/activity';
import {
  isTaskType,
  toAttemptType,
  toOperationOf,
  toStepType,
} from '../src/contract/workflow/activity-id.ts';
import type { Json } from '../src/contract/json.ts';
import { ASK_UPSTREAM } from '../src/contract/workflow/upstream-ask.ts';
import type { ActivityTask } from '../src/contract/activity/task.ts';
import type { TaskReports } from '../src/contract/workflow/observation.ts';
import type { AttemptInput } from '../src/contract/workflow/task-input.ts';
import type { ActivitySteps, Operation, RunSteps } from '../src/operations/operation.ts';
import { runAttempt, type AttemptOptions } from './attempt/attempt.ts';
import { toUnknownFailure } from './attempt/failure.ts';
import { offloadResult } from './attempt/files.ts';
import type { Guard } from './attempt/guard.ts';
import { createCallActivities } from './call/call.ts';
import { createJobActivities } from './job/job.ts';
import { runTask } from './task/run-task.ts';
import { createWorkflowActivities } from './workflow/workflow.ts';

type Activity = (input: AttemptInput) => Promise<Json>;

/** The worker's interceptors add to whom it reports, where it has telemetry. */
type TaskActivity = (input: AttemptInput, reports?: TaskReports) => Promise<Json>;

/** Temporal calls the activity of this name for every type that has none; an operation may have the name too. */
const DEFAULT = 'default';

/**
 * @param findGuard what stands before the attempts of an operation; by default, and where it is `null`, nothing
 * @param findLater an operation that came after the worker had started; by default there is none
 */
export function createActivities(
  operations: readonly Operation[],
  options: AttemptOptions,
  findGuard: (operation: string) => Guard | null = () => null,
  findLater: (operation: string) => Operation | null = () => null,
): Record<string, Activity> {
  const activities = new Map<string, TaskActivity>(
    operations.flatMap((operation) => createOperationActivities(operation, options)),
  );
  for (const operation of operations) {
    const type = toAttemptType(operation.name, operation.steps.kind);
    const run = activities.get(type);
    const guard = findGuard(operation.name);
    const guarded: Activity | undefined =
      run && guard ? async (input) => guard(async () => run(input), input.principal) : run;
    if (!guarded) continue;
    activities.set(type, guarded);
    if (canBeTask(operation)) activities.set(toStepType(operation.name, 'task'), asTask(guarded));
  }
  const named = activities.get(DEFAULT);
  activities.set(DEFAULT, async (input, reports) => {
    const { activityType } = Context.current().info;
    if (named && activityType === DEFAULT) return named(input);
    const operation = toOperationOf(activityType);
    const later = findLater(operation);
    const known = later && new Map(createOperationActivities(later, options));
    const isTask = isTaskType(activityType);
    const run = known?.get(isTask ? operation : activityType) ?? refuse(activityType);
    return isTask ? asTask(run)(input, reports) : run(input);
  });
  return Object.fromEntries(activities);
}

function refuse(activityType: string): Activity {
  return async () => Promise.reject(toUnknownFailure(activityType));
}

/** Whether the attempt of an operation can be all of a task. */
function canBeTask({ steps }: Operation): boolean {
  return steps.kind === 'run' || steps.kind === 'call';
}

/** The activity that is a whole task, from the one that is an attempt. */
function asTask(run: Activity): TaskActivity {
  return async (input, reports) => ({
    ...(await runTask(input as AttemptInput & ActivityTask, run, reports)),
  });
}

/** What is asked of upstreams beside calls of tools, by activity type. */
export function createAskActivity(
  steps: RunSteps,
  options: AttemptOptions,
): Record<string, Activity> {
  return { [ASK_UPSTREAM]: createRunActivity(steps, options, true) };
}

function createOperationActivities(
  { name, steps, idempotent }: Operation,
  options: AttemptOptions,
): readonly (readonly [string, Activity])[] {
  switch (steps.kind) {
    case 'run':
      return [[name, createRunActivity(steps, options, idempotent)]];
    case 'job':
      return createJobActivities(name, steps, options);
    case 'workflow':
      return createWorkflowActivities(name, steps, options);
    case 'activity':
      return [[toStepType(name, 'check'), createCheckActivity(steps, options)]];
    case 'call':
      return createCallActivities({ name, idempotent }, steps, options);
    case 'batch':
      return [];
  }
}

function createRunActivity(
  steps: RunSteps,
  options: AttemptOptions,
  repeatable: boolean,
): Activity {
  return async (input) =>
    runAttempt(input, options, async (context, parameters) =>
      offloadResult(await steps.run(parameters, context), input, {
        ...options,
        repeatable,
        log: context.log,
      }),
    );
}

/** What an activity of another application has returned is the parameter. */
function createCheckActivity(steps: ActivitySteps, options: AttemptOptions): Activity {
  return async (input) =>
    runAttempt(input, options, async (_, returned) => Promise.resolve(steps.toResult(returned)));
}
