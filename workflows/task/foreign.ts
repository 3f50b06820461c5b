// An attempt that is an activity of another application: scheduled on the task queue of its workers, as they know it. Invariant: what
// they report becomes an error of the table here, so that the policy decides about it as about any other.
import {
  ActivityFailure,
  ApplicationFailure,
  TimeoutFailure,
  workflowInfo,
  type ActivityOptions,
} from '@temporalio/workflow';
import { rawValueTypeInfo, type RawValue } from '@temporalio/common';
import { toActivityId, toStepType } from '../../src/contract/workflow/activity-id.ts';
import { isErrorCode, type ErrorCode } from '../../src/contract/errors.ts';
import { isJsonObject, type Json } from '../../src/contract/json.ts';
import { ENCODES_FAILURES } from '../../src/contract/workflow/sandbox.ts';
import { fillTaskRef, type ForeignActivity } from '../../src/contract/workflow/target.ts';
import type { TaskInput } from '../../src/contract/workflow/task-input.ts';
import { toWorkflowTaskRef } from '../../src/contract/task-ref.ts';
import { callActivity, toAttemptInput } from './activity.ts';
import { readForeignResult } from './foreign-result.ts';

/** Runs it; where its operation declares what a result is, one of Longhaul's own activities checks that. */
export async function runForeign(
  input: TaskInput,
  activity: ForeignActivity,
  attempt: number,
  options: ActivityOptions,
): Promise<Json> {
  const result = await callForeign(activity, { ...options, taskQueue: activity.taskQueue });
  if (!activity.checks) return result;
  const check = { ...toAttemptInput(input, attempt, {}), parameters: result };
  return callActivity(toStepType(input.operation, 'check'), [check], {
    activityId: toActivityId('check', attempt),
    summary: 'check the result',
    startToCloseTimeout: '30 seconds',
  });
}

async function callForeign(
  { type, taskQueue, args }: ForeignActivity,
  options: ActivityOptions,
): Promise<Json> {
  const { workflowId, firstExecutionRunId } = workflowInfo();
  const taskRef = toWorkflowTaskRef(workflowId, firstExecutionRunId);
  const filled = args.map((arg) => fillTaskRef(arg, taskRef));
  const activityTypeInfo = { [type]: { outputType: rawValueTypeInfo } };
  const result = await callActivity<RawValue | undefined>(type, filled, {
    ...options,
    activityTypeInfo,
  }).catch((failure: unknown) => {
    throw toForeignFailure(failure, type, taskQueue);
  });
  return readForeignResult(type, result);
}

/** Types of failures that are of Longhaul's own making, or of the task queue. */
function toForeignFailure(failure: unknown, activityType: string, taskQueue: string): unknown {
  const cause = failure instanceof ActivityFailure ? failure.cause : failure;
  if (cause instanceof TimeoutFailure && cause.timeoutType === 'SCHEDULE_TO_START') {
    const message = `no worker of the task queue ${taskQueue} took ${activityType} within its queue time; nothing was run`;
    return toFailure('QUEUE_TIMEOUT', message, {});
  }
  if (!(cause instanceof ApplicationFailure)) return failure;
  // Python names none where it cannot read the arguments.
  const named = cause.type ?? '';
  const type = named === '' ? 'Error' : named;
  const retryable = cause.nonRetryable !== true;
  const code = isErrorCode(type) ? type : retryable ? 'UPSTREAM_UNAVAILABLE' : 'UPSTREAM_REJECTED';
  const detail: unknown = cause.details?.[0];
  return toFailure(code, `${activityType} failed with ${type}: ${cause.message}${explain(cause)}`, {
    ...(typeof cause.nextRetryDelay === 'number' && { retryAfterMs: cause.nextRetryDelay }),
    details: {
      failure: { type, message: cause.message, retryable },
      ...(isJsonObject(detail) && { said: detail as Json }),
    },
  });
}

function toFailure(type: ErrorCode, message: string, detail: object): ApplicationFailure {
  return ApplicationFailure.create({ type, message, nonRetryable: true, details: [detail] });
}

const UNREADABLE = /decod|decrypt|deserial|unmarshal|unknown encoding|payload/i;

/** The way out for a worker that cannot read what it was sent. Where payloads are encrypted, one without the codec cannot say so by itself. */
function explain({ message, cause }: ApplicationFailure): string {
  const said = `${message} ${cause?.message ?? ''}`;
  const isUnreadable = UNREADABLE.test(said);
  if (said.includes('binary/encrypted') || (isUnreadable && ENCODES_FAILURES in globalThis)) {
    return '; encryption is on, so its worker needs a codec with the keys of Longhaul';
  }
  return isUnreadable ? '; see that the arguments of the operation are what its worker takes' : '';
}
