// A task as JSON, as tools, commands and callbacks show it: the fixed fields, always all of them. The types
// follow from the schemas, which every answer fits. Here and in src/mcp names are those of the wire.
import * as z from 'zod';
import type { InputRequests } from '../contract/input.ts';
import type { Json, JsonObject } from '../contract/json.ts';
import { isDone, toLaterStart, type Task } from '../contract/task.ts';
import type { Cancellation, Started } from './service.ts';
import { errorAnswerSchema, toErrorAnswer } from './error-answer.ts';
import { toCancelStep, toNextStep, toPendingStep, type StepHints } from './next-step.ts';
import type { Polling } from './options.ts';
import { toPollAfterMs } from './poll-hint.ts';

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
  starts_at: instant.optional(),
  updated_at: instant,
  deadline: instant,
  expires_at: instant.nullable(),
  attempt: z.number().nullable(),
  progress: z
    .strictObject({ fraction: z.number().nullable(), message: z.string().nullable() })
    .nullable(),
  input_requests: inputRequestsSchema,
  result: anyJson,
  /** Where the result does not fit into an answer: its shape or beginning, its size, and its link. */
  result_preview: anyObject.optional(),
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

export interface TaskSummary extends Pick<
  TaskAnswer,
  'task_ref' | 'operation_type' | 'status' | 'created_at' | 'updated_at'
> {
  readonly idempotency_key: string;
}

/** A task as it stands at `now`, in milliseconds since the epoch. */
export function toTaskAnswer(task: Task, polling: Polling, now = Date.now()): TaskAnswer {
  const { state } = task;
  const hints = toHints(task, polling, now);
  return {
    task_ref: task.taskRef,
    operation_type: task.operation,
    status: state.status,
    done: isDone(state),
    created_at: toInstant(task.createdAt),
    ...toStartsAt(task),
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
  polling: Polling,
  now = Date.now(),
): InitiateAnswer {
  if (deduplicated) return { ...toTaskAnswer(task, polling, now), deduplicated };
  if (task.state.status === 'input_required') {
    const { idempotencyKey: idempotency_key } = task;
    return { ...toTaskAnswer(task, polling, now), idempotency_key, deduplicated };
  }
  const hints = toHints(task, polling, now);
  return {
    task_ref: task.taskRef,
    status: task.startsAt === undefined ? 'queued' : 'pending',
    operation_type: task.operation,
    idempotency_key: task.idempotencyKey,
    deduplicated,
    created_at: toInstant(task.createdAt),
    ...toStartsAt(task),
    deadline: toInstant(task.deadline),
    poll_after_ms: hints.pollAfterMs,
    next_step: `Keep task_ref. ${toPendingStep(hints)}`,
  };
}

export function toCancelAnswer(
  known: Cancellation,
  polling: Polling,
  now = Date.now(),
): CancelAnswer {
  return {
    ...toTaskAnswer(known.task, polling, now),
    cancellation: known.cancellation,
    next_step: toCancelStep(known, toHints(known.task, polling, now)),
  };
}

export function toTaskSummary(task: Task): TaskSummary {
  return {
    task_ref: task.taskRef,
    operation_type: task.operation,
    status: task.state.status,
    idempotency_key: task.idempotencyKey,
    created_at: toInstant(task.createdAt),
    updated_at: toInstant(task.updatedAt),
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

function toStartsAt({ startsAt }: Task): Pick<TaskAnswer, 'starts_at'> {
  return startsAt === undefined ? {} : { starts_at: toInstant(startsAt) };
}

function toHints(task: Task, polling: Polling, now: number): StepHints {
  return {
    pollAfterMs: toPollAfterMs(task, now, polling),
    waitCapSeconds: polling.waitCapSeconds,
    startsAt: toLaterStart(task, now),
    usual: task.usual,
  };
}
