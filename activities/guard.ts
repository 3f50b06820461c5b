// What may stand before the attempts of an operation. Invariant: an attempt that is put off has not begun, so that it may
// come again whatever the operation is.
import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import type { Json } from '../src/contract/json.ts';
import { ATTEMPT_PUT_OFF } from '../src/contract/task-input.ts';
import type { Operation } from '../src/operations/operation.ts';

/** Runs an attempt, or puts it off by throwing what `toPutOffFailure` makes. */
export type Guard = (attempt: () => Promise<Json>) => Promise<Json>;

/** The failure of an attempt that is to come again; after `retryAfterMs` milliseconds at the earliest, where that is known. */
export function toPutOffFailure(message: string, retryAfterMs: number | null): ApplicationFailure {
  return ApplicationFailure.create({
    type: ATTEMPT_PUT_OFF,
    message,
    nonRetryable: true, // the workflow waits, which holds no slot and runs nothing twice
    category: ApplicationFailureCategory.BENIGN,
    details: [{ ...(retryAfterMs !== null && { retryAfterMs }) }],
  });
}

/** The activity type of an operation's attempts. Looks at a job and its cancel are none. */
export function toAttemptType({ name, steps }: Operation): string {
  return steps.kind === 'run' ? name : `${name}.submit`;
}
