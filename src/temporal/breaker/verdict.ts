// What a failed attempt says about the upstream. Invariant: a caller's mistake that the upstream names, a cancel, or a time that the
// caller cut short says nothing. The tally by principal finds parameters that make an upstream fail.
import { ApplicationFailure } from '@temporalio/common';
import { ERRORS, isErrorCode } from '../../contract/errors.ts';
import { isJsonObject } from '../../contract/json.ts';
import { ATTEMPT_LOST } from '../../contract/workflow/task-input.ts';
import type { Verdict } from './circuit.ts';

export interface Stopped {
  /** Its time was up. */
  readonly timedOut: boolean;
  /** How long it was allowed to take, in milliseconds. */
  readonly allowedMs: number;
  /** How long the operation allows, in milliseconds. */
  readonly attemptMs: number;
}

/** Whether the outcome is unknown although the upstream answered: with a success that could not be read. */
function isAnswered({ type, details }: ApplicationFailure): boolean {
  const error: unknown = details?.[0];
  const reported = isJsonObject(error) ? error['details'] : null;
  const status = isJsonObject(reported) ? Number(reported['status']) : NaN;
  return type === 'OUTCOME_UNKNOWN' && status < 500;
}

export function toVerdict(thrown: unknown, { timedOut, allowedMs, attemptMs }: Stopped): Verdict {
  if (!(thrown instanceof ApplicationFailure)) return 'nothing';
  const { type } = thrown;
  if (type === ATTEMPT_LOST) return timedOut && allowedMs >= attemptMs ? 'sick' : 'nothing';
  if (isAnswered(thrown)) return 'well';
  return isErrorCode(type) ? ERRORS[type].seen.breaker : 'nothing';
}
