// Workflow interceptors for a worker with telemetry: they report each attempt and each outcome, and pass the trace context on
// from the task to its attempts and callbacks. Invariants: they add no command and change no result, so histories replay with
// and without them; a worker without telemetry runs a bundle without them.
import {
  CancelledFailure,
  ContinueAsNew,
  workflowInfo,
  type WorkflowInterceptors,
} from '@temporalio/workflow';
import { DELIVERY_WORKFLOW_TYPE } from '../../src/contract/workflow/callback.ts';
import { parseActivityId } from '../../src/contract/workflow/activity-id.ts';
import { isErrorCode, type ErrorCode } from '../../src/contract/errors.ts';
import { parseTaskMemo } from '../../src/contract/workflow/memo.ts';
import type { Repetition } from '../../src/contract/workflow/observation.ts';
import { WORKFLOW_TYPE, type TaskInput } from '../../src/contract/workflow/task-input.ts';
import { TRACE_HEADER } from '../../src/contract/trace.ts';
import { isCancelled, toAttemptFailure, toQuestions } from '../task/failure.ts';
import { isLoss, isPutOff } from '../../src/contract/workflow/next-step.ts';
import { observeDelivery } from './delivery.ts';
import { openSink, toTraced } from './traced.ts';

/** Called by the SDK for each workflow. */
export function interceptors(): WorkflowInterceptors {
  if (workflowInfo().workflowType === DELIVERY_WORKFLOW_TYPE) return observeDelivery();
  const observation = openSink();
  let operation = '';
  let traced = toTraced({});
  let repetition: Repetition | null = null;

  return {
    inbound: [
      {
        execute: async (input, next) => {
          if (workflowInfo().workflowType !== WORKFLOW_TYPE) return next(input);
          const task = input.args[0] as TaskInput;
          ({ operation } = task);
          const header = input.headers[TRACE_HEADER];
          traced = toTraced(input.headers);
          if (Object.keys(task.asked?.requests ?? {}).length > 0) observation.asked(operation);
          const report = (code: ErrorCode | null) => {
            observation.taskEnded({ operation, code, ...toTimes() }, header ?? null);
          };
          try {
            const output = await next(input);
            report(null);
            return output;
          } catch (failure) {
            if (!(failure instanceof ContinueAsNew)) report(toCode(failure));
            throw failure;
          }
        },
      },
    ],
    outbound: [
      {
        scheduleActivity: async (input, next) => {
          const traceable = { ...input, headers: { ...input.headers, ...traced } };
          const { kind } = parseActivityId(input.options.activityId ?? '');
          if (kind !== 'attempt') return next(traceable);
          if (repetition !== null) observation.repeated(operation, repetition);
          try {
            const result = await next(traceable);
            observation.attemptEnded({ operation, code: null });
            return result;
          } catch (failure) {
            repetition = toRepetition(failure);
            if (!toQuestions(failure)) {
              observation.attemptEnded({ operation, code: toAttemptCode(failure) });
            }
            throw failure;
          }
        },
        startChildWorkflowExecution: async (input, next) =>
          next({ ...input, headers: { ...input.headers, ...traced } }),
        continueAsNew: async (input, next) =>
          next({ ...input, headers: { ...input.headers, ...traced } }),
      },
    ],
  };
}

/** By the memo, which a task keeps over all of its runs; what is before it begins does not count. */
function toTimes(): { readonly tookMs: number; readonly endedAt: number } {
  const { memo, startTime } = workflowInfo();
  const endedAt = Date.now();
  const {
    createdAt = startTime.getTime(),
    startAfterMs = 0,
    waitedMs = 0,
  } = parseTaskMemo(memo ?? {}) ?? {};
  return { endedAt, tookMs: Math.max(0, endedAt - createdAt - startAfterMs - waitedMs) };
}

function toCode(failure: unknown): ErrorCode {
  if (failure instanceof CancelledFailure) return 'CANCELLED';
  const { type } = failure as { readonly type?: unknown };
  return isErrorCode(type) ? type : 'INTERNAL';
}

function toAttemptCode(failure: unknown): ErrorCode {
  return isCancelled(failure) ? 'CANCELLED' : toAttemptFailure(failure).error.code;
}

function toRepetition(failure: unknown): Repetition | null {
  if (isCancelled(failure) || toQuestions(failure)) return null;
  const attempt = toAttemptFailure(failure);
  if (isPutOff(attempt)) return null; // nothing was run that could be repeated
  return isLoss(attempt) ? 'recovery' : 'retry';
}
