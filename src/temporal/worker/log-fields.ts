// The fields of every log line of an attempt: which task, which operation, for whom, in which trace. Invariant: a principal
// stands in the log only as a hash, and a line of the SDK's loses the id of the workflow or the activity, which would show it.
import { hash } from 'node:crypto';
import type { Info } from '@temporalio/activity';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { toAttempt } from '../../contract/activity/task.ts';
import { isTaskType, toOperationOf } from '../../contract/workflow/activity-id.ts';
import { WORKFLOW_TYPE, type AttemptInput } from '../../contract/workflow/task-input.ts';
import { toTraceId } from '../../contract/trace.ts';
import { toActivityTaskRef, toWorkflowTaskRef } from '../../contract/task-ref.ts';
import { toIdPart, toPrincipalPart } from '../calls/identity.ts';
import { toTrace } from './trace-header.ts';

/** Binds the fields to the log of every attempt; `traceId` names the trace that is under way, where there is one. */
export function createLogFields(traceId: () => string | null): ActivityInterceptorsFactory {
  return ({ info }) => {
    const isTask = !info.inWorkflow && isTaskType(info.activityType);
    let input: Partial<AttemptInput> = {};
    let trace: string | null = null;
    let own: Record<string, unknown> | null = null; // the same for every line of the attempt
    const toOwn = () => ({
      task_ref: toTaskRefOf(info, input),
      operation: isTask ? toOperationOf(info.activityType) : info.activityType,
      attempt: isTask ? toAttempt(info) : (input.attempt ?? info.attempt),
      ...(input.principal !== undefined && { principal: toPrincipalHash(input.principal) }),
      ...(trace !== null && { trace_id: trace }),
    });
    return {
      inbound: {
        execute: async (call, next) => {
          input = call.args[0] ?? {};
          // The span of a task that is one activity begins later, in the trace that the task was started in.
          trace = traceId() ?? toTraceId(toTrace(call.headers));
          own = null; // of a line before there was an input
          return next(call);
        },
      },
      outbound: {
        getLogAttributes: (fields, next) => {
          if (!isTask && info.workflowType !== WORKFLOW_TYPE) return next(fields); // a callback's delivery
          return next((own ??= toOwn()));
        },
      },
    };
  };
}

export function toTaskRefOf(info: Info, { firstRunId }: Partial<AttemptInput> = {}): string {
  if (!info.inWorkflow) return toActivityTaskRef(info.activityId, info.activityRunId ?? '');
  const { workflowId = '', runId = '' } = info.workflowExecution ?? {};
  return toWorkflowTaskRef(workflowId, firstRunId ?? runId);
}

/** Fields of a line about a workflow or an activity whose id begins with the principal: `principal` and the rest in its place. */
export function withoutPrincipal(fields: Readonly<Record<string, unknown>>): typeof fields {
  const { workflowId, activityId, ...others } = fields;
  if (isNamedFor(workflowId)) {
    return {
      ...others,
      ...(activityId !== undefined && { activityId }),
      ...split(workflowId, 'workflow'),
    };
  }
  if (!isNamedFor(activityId)) return fields;
  return {
    ...others,
    ...(workflowId !== undefined && { workflowId }),
    ...split(activityId, 'activity'),
  };
}

function isNamedFor(id: unknown): id is string {
  return typeof id === 'string' && id.includes(':');
}

function split(id: string, name: 'workflow' | 'activity') {
  const part = toPrincipalPart(id);
  const isHashed = toIdPart(part) !== part; // no name begins as a hash does
  return {
    principal: isHashed ? part.slice(2, 2 + HASH_LENGTH) : toPrincipalHash(part),
    [name]: id.slice(part.length + 1),
  };
}

/** Enough to distinguish callers, in characters. */
const HASH_LENGTH = 12;

/** The same for the same principal, and no way back. */
function toPrincipalHash(principal: string): string {
  return hash('sha256', principal, 'base64url').slice(0, HASH_LENGTH);
}
