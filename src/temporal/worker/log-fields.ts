// The fields of every log line of an attempt: which task, which operation, for whom, in which trace. Invariant: a principal
// stands in the log only as a hash, and a line of the SDK's loses the workflow's id, which would show it.
import { createHash } from 'node:crypto';
import type { Info } from '@temporalio/activity';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { WORKFLOW_TYPE, type AttemptInput } from '../../contract/workflow/task-input.ts';
import { toWorkflowTaskRef } from '../../contract/task-ref.ts';
import { toIdPart, toPrincipalPart } from '../calls/identity.ts';

/** Binds the fields to the log of every attempt; `traceId` names the trace that is under way, where there is one. */
export function createLogFields(traceId: () => string | null): ActivityInterceptorsFactory {
  return ({ info }) => {
    let input: Partial<AttemptInput> = {};
    let trace: string | null = null;
    let own: Record<string, unknown> | null = null; // the same for every line of the attempt
    const toOwn = () => ({
      task_ref: toTaskRefOf(info, input),
      operation: info.activityType,
      attempt: input.attempt ?? info.attempt,
      ...(input.principal !== undefined && { principal: toPrincipalHash(input.principal) }),
      ...(trace !== null && { trace_id: trace }),
    });
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
          return next((own ??= toOwn()));
        },
      },
    };
  };
}

export function toTaskRefOf(info: Info, { firstRunId }: Partial<AttemptInput>): string {
  const { workflowId = '', runId = '' } = info.workflowExecution ?? {};
  return toWorkflowTaskRef(workflowId, firstRunId ?? runId);
}

/** Fields of a line about a workflow, whose id begins with the principal: in its place `principal` and `workflow`, the rest. */
export function withoutPrincipal(fields: Readonly<Record<string, unknown>>): typeof fields {
  const { workflowId, ...others } = fields;
  if (typeof workflowId !== 'string' || !workflowId.includes(':')) return fields;
  const part = toPrincipalPart(workflowId);
  const isHashed = toIdPart(part) !== part; // no name begins as a hash does
  return {
    ...others,
    principal: isHashed ? part.slice(2, 2 + HASH_LENGTH) : toPrincipalHash(part),
    workflow: workflowId.slice(part.length + 1),
  };
}

/** Enough to distinguish callers, in characters. */
const HASH_LENGTH = 12;

/** The same for the same principal, and no way back. */
function toPrincipalHash(principal: string): string {
  return createHash('sha256').update(principal).digest('base64url').slice(0, HASH_LENGTH);
}
