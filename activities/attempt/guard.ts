// What may stand before the attempts of an operation. Invariant: an attempt that is put off has not begun, so that it may
// come again whatever the operation is.
import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import type { Json } from '../../src/contract/json.ts';
import { ATTEMPT_PUT_OFF, type PutOff } from '../../src/contract/workflow/task-input.ts';

/** Runs an attempt of a principal, or puts it off by throwing what `toPutOffFailure` makes. */
export type Guard = (attempt: () => Promise<Json>, principal: string) => Promise<Json>;

export function toPutOffFailure(message: string, putOff: PutOff): ApplicationFailure {
  return ApplicationFailure.create({
    type: ATTEMPT_PUT_OFF,
    message,
    nonRetryable: true, // the workflow waits, which holds no slot and runs nothing twice
    category: ApplicationFailureCategory.BENIGN,
    details: [putOff],
  });
}
