// From the event that closed a workflow to the outcome of its task. The one place that gives Temporal's endings their
// code; tested as a table.
import type { LoadedDataConverter, SerializationContext } from '@temporalio/common';
import {
  decodeArrayFromPayloads,
  decodeOptionalFailureToOptionalError,
} from '@temporalio/common/lib/internal-non-workflow/index.js';
import type { temporal } from '@temporalio/proto';
import { createTaskError, isErrorCode } from '../../contract/errors.ts';
import { isJsonObject, type Json } from '../../contract/json.ts';
import type { Outcome } from '../../contract/task.ts';

type HistoryEvent = temporal.api.history.v1.IHistoryEvent;

/** How far a workflow had come when its time ran out. */
export interface Unfinished {
  /** Whether an attempt may have run. `false`: certainly none did. */
  readonly attemptStarted: boolean;
  readonly cancelRequested: boolean;
}

/** How the workflow ended, before the words of the error table are applied. */
export type Ending =
  | { readonly kind: 'completed'; readonly output: unknown }
  | {
      readonly kind: 'failed';
      readonly type: string;
      readonly message: string;
      readonly detail: unknown;
    }
  | ({ readonly kind: 'timed_out' } & Unfinished)
  | { readonly kind: 'terminated'; readonly reason: string }
  | { readonly kind: 'cancelled' };

/** Whether a cancel had been requested before a workflow ended, as far as its end shows. */
export function toCancelRequested(ending: Ending): boolean {
  switch (ending.kind) {
    case 'completed':
      return isJsonObject(ending.output) && ending.output['cancelRequested'] === true;
    case 'failed':
      return isJsonObject(ending.detail) && ending.detail['cancelRequested'] === true;
    case 'timed_out':
      return ending.cancelRequested;
    case 'terminated':
      return false;
    case 'cancelled':
      return true;
  }
}

/**
 * @param unfinished is asked only for a workflow that timed out
 * @param context whose event it is: what was encrypted for another workflow is not read
 */
export async function toEnding(
  event: HistoryEvent,
  converter: LoadedDataConverter,
  unfinished: () => Promise<Unfinished>,
  context?: SerializationContext,
): Promise<Ending> {
  const completed = event.workflowExecutionCompletedEventAttributes;
  if (completed) {
    const [output] = await decodeArrayFromPayloads(converter, completed.result?.payloads, context);
    return { kind: 'completed', output };
  }
  const failed = event.workflowExecutionFailedEventAttributes;
  if (failed) {
    const error = await decodeOptionalFailureToOptionalError(converter, failed.failure, context);
    const { type, details } = (error ?? {}) as { type?: string | null; details?: unknown[] | null };
    return {
      kind: 'failed',
      type: type ?? '',
      message: error?.message ?? 'the workflow failed',
      detail: details?.[0],
    };
  }
  if (event.workflowExecutionTimedOutEventAttributes) {
    return { kind: 'timed_out', ...(await unfinished()) };
  }
  const terminated = event.workflowExecutionTerminatedEventAttributes;
  if (terminated) return { kind: 'terminated', reason: terminated.reason ?? '' };
  return { kind: 'cancelled' };
}

export function toOutcome(ending: Ending): Outcome {
  switch (ending.kind) {
    case 'completed': {
      const output = isJsonObject(ending.output) ? ending.output : {};
      return {
        status: 'completed',
        result: output['result'] ?? null,
        attempt: toAttempt(output['attempt']),
      };
    }
    case 'failed': {
      const detail = isJsonObject(ending.detail) ? ending.detail : {};
      const { retryAfterMs, details, attempt } = detail;
      return failed(ending.type, ending.message, {
        attempt: toAttempt(attempt),
        details,
        retryAfterMs: typeof retryAfterMs === 'number' ? retryAfterMs : undefined,
      });
    }
    case 'timed_out':
      if (ending.attemptStarted) {
        return failed('DEADLINE_EXCEEDED', 'the total time of the task ran out');
      }
      return ending.cancelRequested
        ? failed('CANCELLED', 'the task was cancelled on request before any worker took it')
        : failed('QUEUE_TIMEOUT', 'no worker took the task within its total time; nothing was run');
    case 'terminated':
      return failed(
        'TERMINATED',
        ending.reason === ''
          ? 'an operator terminated the task in Temporal'
          : `an operator terminated the task in Temporal: ${ending.reason}`,
      );
    case 'cancelled':
      return failed('CANCELLED', 'the task was cancelled on request');
  }
}

function failed(
  code: string,
  message: string,
  more: {
    readonly attempt?: number | null;
    readonly details?: Json | undefined;
    readonly retryAfterMs?: number | undefined;
  } = {},
): Outcome {
  const { attempt = null, details, retryAfterMs } = more;
  const error = createTaskError(isErrorCode(code) ? code : 'INTERNAL', message, {
    details,
    retryAfterMs,
  });
  return { status: 'failed', error, attempt };
}

function toAttempt(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}
