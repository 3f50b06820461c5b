// A task as the pair shows it: the fixed fields, always all of them. The schemas are what the tools publish, and the
// types follow from them.
import * as z from 'zod';
import { ERRORS, type ErrorCode } from '../../contract/errors.ts';
import type { InputRequests } from '../../contract/input.ts';
import type { Json, JsonObject } from '../../contract/json.ts';
import { isDone, type Task } from '../../contract/task.ts';
import type { Cancellation, Started } from '../../tasks/service.ts';
import { toErrorAnswer } from './tool-result.ts';
import { toCancelStep, toNextStep, toPollStep } from './next-step.ts';
import { toPollAfterMs, type PollingHints } from './poll-hint.ts';

/** What an answer depends on beside the task. */
export interface AnswerView {
  /** The gateway's clock, in milliseconds since the epoch. */
  readonly now: number;
  readonly polling: PollingHints;
  /** Longest `wait_seconds` that is honoured. */
  readonly waitCapSeconds: number;
}

const anyJson: z.ZodType<Json> = z.any();
const anyObject: z.ZodType<JsonObject> = z.looseObject({}) as never;
const instant = z.string().describe('ISO 8601, UTC');

export const taskStatuses = [
  'pending',
  'processing',
  'input_required',
  'completed',
  'failed',
] as const;

const errorAnswerSchema = z.strictObject({
  code: z.enum(Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]]),
  message: z.string(),
  retryable: z.boolean(),
  retry_after_ms: z.number().optional(),
  details: anyJson.optional(),
});

/** The questions of a task that waits for input, by the key that their answers have. */
const inputRequestsSchema = z
  .record(z.string(), z.strictObject({ message: z.string(), requested_schema: anyObject }))
  .nullable();

/** The answer of `resolve_task_status`. */
export const taskAnswerSchema = z.strictObject({
  task_ref: z.string(),
  operation_type: z.string(),
  status: z.enum(taskStatuses),
  done: z.boolean(),
  created_at: instant,
  updated_at: instant,
  deadline: instant,
  expires_at: instant.nullable(),
  attempt: z.number().nullable(),
  progress: z
    .strictObject({ fraction: z.number().nullable(), message: z.string().nullable() })
    .nullable(),
  input_requests: inputRequestsSchema,
  result: anyJson,
  error: errorAnswerSchema.nullable(),
  poll_after_ms: z.number().nullable(),
  next_step: z.string(),
});

/** The answer of `cancel_background_task`. */
export const cancelAnswerSchema = taskAnswerSchema.extend({
  cancellation: z.enum(['requested', 'confirmed', 'already_finished']),
});

/** The answer of `initiate_background_task`: short for a new task, whole for a known or an awaited one. */
export const initiateAnswerSchema = taskAnswerSchema
  .partial()
  .required({ task_ref: true, operation_type: true, created_at: true, deadline: true })
  .required({ poll_after_ms: true, next_step: true })
  .extend({
    status: z.enum(['queued', ...taskStatuses]),
    deduplicated: z.boolean(),
    idempotency_key: z.string().optional(),
  });

export type TaskAnswer = z.infer<typeof taskAnswerSchema>;
export type CancelAnswer = z.infer<typeof cancelAnswerSchema>;
export type InitiateAnswer = z.infer<typeof initiateAnswerSchema>;

/** A task as it stands. */
export function toTaskAnswer(task: Task, view: AnswerView): TaskAnswer {
  const { state } = task;
  const hints = toHints(task, view);
  return {
    task_ref: task.taskRef,
    operation_type: task.operation,
    status: state.status,
    done: isDone(state),
    created_at: toInstant(task.createdAt),
    updated_at: toInstant(task.updatedAt),
    deadline: toInstant(task.deadline),
    expires_at: task.expiresAt === null ? null : toInstant(task.expiresAt),
    attempt: state.status === 'pending' ? null : state.attempt,
    progress: state.status === 'processing' ? state.progress : null,
    input_requests: state.status === 'input_required' ? toInputRequests(state.requests) : null,
    result: state.status === 'completed' ? state.result : null,
    error: state.status === 'failed' ? toErrorAnswer(state.error) : null,
    poll_after_ms: isDone(state) ? null : hints.pollAfterMs,
    next_step: toNextStep(task, hints),
  };
}

/** A task that was initiated and not waited for: short, unless there is more to say than that it is queued. */
export function toInitiateAnswer(
  { task, deduplicated }: Started,
  view: AnswerView,
): InitiateAnswer {
  if (deduplicated) return { ...toTaskAnswer(task, view), deduplicated };
  if (task.state.status === 'input_required') {
    const { idempotencyKey: idempotency_key } = task;
    return { ...toTaskAnswer(task, view), idempotency_key, deduplicated };
  }
  const hints = toHints(task, view);
  return {
    task_ref: task.taskRef,
    status: 'queued',
    operation_type: task.operation,
    idempotency_key: task.idempotencyKey,
    deduplicated,
    created_at: toInstant(task.createdAt),
    deadline: toInstant(task.deadline),
    poll_after_ms: hints.pollAfterMs,
    next_step: `Keep task_ref. ${toPollStep(hints)}`,
  };
}

/** What is known after a cancel. */
export function toCancelAnswer(known: Cancellation, view: AnswerView): CancelAnswer {
  return {
    ...toTaskAnswer(known.task, view),
    cancellation: known.cancellation,
    next_step: toCancelStep(known, toHints(known.task, view)),
  };
}

/** Milliseconds since the epoch, as the wire has it. */
export function toInstant(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

function toInputRequests(requests: InputRequests): TaskAnswer['input_requests'] {
  return Object.fromEntries(
    Object.entries(requests).map(([key, { message, requestedSchema }]) => [
      key,
      { message, requested_schema: requestedSchema },
    ]),
  );
}

function toHints({ createdAt }: Task, { now, polling, waitCapSeconds }: AnswerView) {
  return { pollAfterMs: toPollAfterMs(now - createdAt, polling), waitCapSeconds };
}
