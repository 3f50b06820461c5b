// What every log line of an attempt carries: which task, which operation, for whom, in which trace. Invariant: a principal
// stands there only as a hash, and a line of the SDK's loses what would tell it (the workflow's id).
import { createHash } from 'node:crypto';
import type { Info } from '@temporalio/activity';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { WORKFLOW_TYPE, type AttemptInput } from '../contract/task-input.ts';
import { toWorkflowTaskRef } from '../contract/task-ref.ts';

/** Binds the fields to the log of every attempt; `traceId` names the trace that is under way, where there is one. */
export function createLogFields(traceId: () => string | null): ActivityInterceptorsFactory {
  return ({ info }) => {
    let input: Partial<AttemptInput> = {};
    let trace: string | null = null;
    return {
      inbound: {
        execute: async (call, next) => {
          input = call.args[0] ?? {};
          trace = traceId();
          return next(call);
        },
      },
      outbound: {
        getLogAttributes: (fields, next) => {
          if (info.workflowType !== WORKFLOW_TYPE) return next(fields); // a callback's delivery
          return next({
            task_ref: toTaskRefOf(info, input),
            operation: info.activityType,
            attempt: input.attempt ?? info.attempt,
            ...(input.principal !== undefined && { principal: toPrincipalHash(input.principal) }),
            ...(trace !== null && { trace_id: trace }),
          });
        },
      },
    };
  };
}

/** The handle of the task that an activity belongs to. */
export function toTaskRefOf(info: Info, { firstRunId }: Partial<AttemptInput>): string {
  const { workflowId = '', runId = '' } = info.workflowExecution ?? {};
  return toWorkflowTaskRef(workflowId, firstRunId ?? runId);
}

/** The same for the same principal, and no way back: enough to tell callers apart in a log. */
function toPrincipalHash(principal: string): string {
  return createHash('sha256').update(principal).digest('base64url').slice(0, 12);
}
