// A task as an answer shows it, whatever the server calls things. Invariant: only statuses that the dialect names end a
// task; an unknown one means that it runs.
import type { InputRequests } from '../contract/input.ts';
import { isJsonObject, type Json, type JsonObject } from '../contract/json.ts';
import { parseProgress } from '../contract/progress.ts';
import type { Progress } from '../contract/task.ts';
import type { Dialect } from './dialect.ts';

/** Why a task failed. */
export interface TaskFailure {
  /** A code of the server's table; `FAILED` where the server has none. */
  readonly code: string;
  readonly message: string;
  /** Whether starting the same again, later, can help. */
  readonly retryable: boolean;
  /** Earliest sensible repetition, in milliseconds; absent when nothing is known. */
  readonly retryAfterMs?: number;
  readonly details?: Json;
}

/** How a task ended. */
export type TaskOutcome =
  | { readonly status: 'completed'; readonly result: Json }
  | { readonly status: 'failed'; readonly error: TaskFailure };

/** How a task stands. */
export type TaskView =
  | {
      readonly status: 'running';
      readonly progress: Progress | null;
      /** When the server wants to be asked again, in milliseconds; `null` when it does not say. */
      readonly pollAfterMs: number | null;
    }
  | {
      readonly status: 'input_required';
      readonly requests: InputRequests;
      readonly pollAfterMs: number | null;
    }
  | TaskOutcome;

/** Whether a task has ended. */
export function isOutcome(view: { readonly status: string }): view is TaskOutcome {
  return view.status === 'completed' || view.status === 'failed';
}

export function toTaskView(answer: JsonObject, dialect: Dialect): TaskView {
  const status = readField(answer, dialect.status);
  const is = (names: readonly string[] = []) =>
    typeof status === 'string' && names.includes(status);
  if (is(dialect.completed)) {
    return { status: 'completed', result: readField(answer, dialect.result) ?? null };
  }
  if (is(dialect.failed)) {
    return { status: 'failed', error: toTaskFailure(readField(answer, dialect.error)) };
  }
  const hint = readField(answer, dialect.pollAfterMs);
  const pollAfterMs = typeof hint === 'number' ? hint : null;
  if (is(dialect.inputRequired)) {
    const requests = toRequests(readField(answer, dialect.inputRequests));
    return { status: 'input_required', requests, pollAfterMs };
  }
  return {
    status: 'running',
    progress: parseProgress(readField(answer, dialect.progress)),
    pollAfterMs,
  };
}

/** A field by its name, or by its path with dots. */
export function readField(answer: JsonObject, path: string | undefined): Json | undefined {
  return path
    ?.split('.')
    .reduce<Json | undefined>(
      (value, name) => (isJsonObject(value) ? value[name] : undefined),
      answer,
    );
}

/** An error as a server shows it: an object, a text, or nothing. */
export function toTaskFailure(error: Json | undefined): TaskFailure {
  if (!isJsonObject(error)) {
    const message = typeof error === 'string' ? error : 'the server gave no reason';
    return { code: 'FAILED', message, retryable: false };
  }
  const { code, message, retryable, retry_after_ms: retryAfterMs, details } = error;
  return {
    code: typeof code === 'string' ? code : 'FAILED',
    message: typeof message === 'string' ? message : JSON.stringify(error),
    retryable: retryable === true,
    ...(typeof retryAfterMs === 'number' && { retryAfterMs }),
    ...(details !== undefined && { details }),
  };
}

/** Questions, with the schema of their answers under either of its two spellings. */
export function toRequests(requests: Json | undefined): InputRequests {
  if (!isJsonObject(requests)) return {};
  return Object.fromEntries(
    Object.entries(requests).map(([key, request]) => {
      const fields = isJsonObject(request) ? request : {};
      const { message, requested_schema: schema = fields['requestedSchema'] } = fields;
      return [
        key,
        {
          message: typeof message === 'string' ? message : key,
          requestedSchema: isJsonObject(schema) ? schema : {},
        },
      ];
    }),
  );
}
