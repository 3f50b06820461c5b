// What the answers of a job's upstream mean: where it stands, and that nothing is left to cancel.
import { OperationError } from '../../../contract/errors.ts';
import { isExactNumber } from '../../../contract/json/exact-number.ts';
import { isJsonObject, toJsonText, type Json } from '../../../contract/json.ts';
import { cut } from '../../../contract/text.ts';
import { UnreadPoll } from '../../poll-error.ts';
import type { JobStatus } from '../../operation.ts';
import { toExcerpt } from '../http/answer.ts';
import { findMet, type Condition } from '../http/condition.ts';
import type { Exchanged } from '../http/exchange.ts';
import { toSaid } from '../http/refusal.ts';
import { isOfBody, readSource } from '../http/source.ts';
import { resolvePointer } from '../../../contract/json/pointer.ts';
import type { Redactor } from '../template/redact.ts';

/** Where an answer to a poll says what. */
export interface PollPointers {
  readonly status?: string | undefined;
  readonly done: readonly (Condition | Json)[];
  readonly failed: readonly (Condition | Json)[];
  readonly running?: readonly (Condition | Json)[] | undefined;
  /** `null` where the result has a request of its own. */
  readonly result: string | null;
  readonly error?: string | undefined;
  readonly progress?: string | undefined;
  readonly progressScale: number | string;
}

/**
 * Where a job stands; an error, where it is over without a result or cannot be followed. Throws what the answer's `unusable`
 * makes, when the answer says nothing about the job.
 */
export function toJobStatus(
  answer: Exchanged,
  pointers: PollPointers,
  redactor: Redactor,
): JobStatus | OperationError {
  const { where, retryAfterMs } = answer;
  const status = pointers.status === undefined ? undefined : readSource(answer, pointers.status);
  const failed = findMet(pointers.failed, answer, status) !== undefined;
  const done = !failed && findMet(pointers.done, answer, status) !== undefined;
  if (status === undefined && !failed && !done) checkSilence(answer, pointers, redactor);
  const shown = status === undefined ? null : redactor.text(toExcerpt(toJsonText(status)));
  if (typeof status === 'object' && status !== null && !isExactNumber(status)) {
    const why = `what it has at ${pointers.status ?? ''} is no status: ${shown ?? ''}`;
    const error = new OperationError('UPSTREAM_REJECTED', `${where}, but ${why}`);
    return new UnreadPoll(redactor.error(error), false);
  }
  if (failed) return redactor.error(toJobFailure(answer, pointers, redactor));
  if (done) return toDone(answer, pointers, redactor, shown);
  const { running } = pointers;
  if (running !== undefined && findMet(running, answer, status) === undefined) {
    throw answer.unusable(`the declaration does not say what ${shown ?? 'it'} means`);
  }
  const message =
    shown === null ? 'upstream does not say yet where the job stands' : `upstream says ${shown}`;
  return {
    done: false,
    progress: { fraction: toFraction(answer, pointers), message },
    ...(retryAfterMs && { pollAfterMs: retryAfterMs }),
  };
}

function toDone(
  answer: Exchanged,
  pointers: PollPointers,
  redactor: Redactor,
  shown: string | null,
): JobStatus | OperationError {
  if (pointers.result === null) return { done: true, result: null };
  const body = answer.read();
  const result = resolvePointer(body, pointers.result);
  if (isNothing(result) && saysError(body, pointers)) {
    return redactor.error(toJobFailure(answer, pointers, redactor));
  }
  if (result !== undefined) return { done: true, result: redactor.json(result) };
  if (typeof body !== 'object') throw answer.unusable(`its body has nothing at ${pointers.result}`);
  return redactor.error(
    new OperationError(
      'OUTCOME_UNKNOWN',
      `${answer.where}: the job is ${shown ?? 'done'}, but the answer has nothing at ${pointers.result}; the job ran, so look there before you repeat it`,
    ),
  );
}

/** Some upstreams have no status before the end. An answer that is no object, or that has an error instead, is none of theirs. */
function checkSilence(answer: Exchanged, pointers: PollPointers, redactor: Redactor): void {
  const { status } = pointers;
  if (status !== undefined && !isOfBody(status)) throw answer.unusable(`it has no ${status}`);
  const body = answer.read();
  const why = `its body has nothing at ${status ?? 'the places that tell where the job stands'}`;
  if (!isJsonObject(body)) throw answer.unusable(why);
  if (saysError(body, pointers)) {
    const { excerpt } = toSaid(answer, pointers.error, redactor);
    throw answer.unusable(`${why}, and says ${cut(excerpt, 300)}`);
  }
}

function saysError(body: Json, { error }: PollPointers): boolean {
  const said = error === undefined ? undefined : resolvePointer(body, error);
  return !isNothing(said) && said !== false && said !== '';
}

function isNothing(value: Json | undefined): boolean {
  return value === undefined || value === null;
}

/**
 * Cancels a job; one that is gone or has ended needs no cancel.
 *
 * @param hasEnded polls the job, where its cancel was refused
 */
export async function cancelJob(
  cancel: () => Promise<unknown>,
  hasEnded: () => Promise<boolean>,
): Promise<void> {
  try {
    await cancel();
  } catch (thrown) {
    if (isGone(thrown)) return;
    const refused = thrown instanceof OperationError && thrown.code === 'UPSTREAM_REJECTED';
    if (!refused || !(await hasEnded())) throw thrown;
  }
}

function toJobFailure(
  answer: Exchanged,
  pointers: PollPointers,
  redactor: Redactor,
): OperationError {
  const found = pointers.status === undefined ? undefined : readSource(answer, pointers.status);
  const status = found === undefined ? 'failed' : toJsonText(found);
  const { said, excerpt } = toSaid(answer, pointers.error, redactor);
  return new OperationError(
    'UPSTREAM_REJECTED',
    `${answer.where}: the job is ${status}: ${cut(excerpt, 300)}`,
    { details: { status, error: said } },
  );
}

function toFraction(answer: Exchanged, { progress, progressScale }: PollPointers): number | null {
  const counted = progress === undefined ? undefined : resolvePointer(answer.read(), progress);
  const whole =
    typeof progressScale === 'number'
      ? progressScale
      : resolvePointer(answer.read(), progressScale);
  if (typeof counted !== 'number' || typeof whole !== 'number' || whole <= 0) return null;
  return Math.min(Math.max(counted / whole, 0), 1);
}

function isGone(thrown: unknown): boolean {
  if (!(thrown instanceof OperationError) || !isJsonObject(thrown.details)) return false;
  return (
    thrown.code === 'UPSTREAM_REJECTED' &&
    [404, 409, 410].includes(Number(thrown.details['status']))
  );
}
