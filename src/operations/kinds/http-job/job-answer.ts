// What the answers of a job's upstream mean: its handle, where it stands, and that nothing is left to cancel.
import { OperationError } from '../../../contract/errors.ts';
import { isExactNumber } from '../../../contract/exact-number.ts';
import { isJsonObject, type Json } from '../../../contract/json.ts';
import { cut } from '../../../contract/text.ts';
import { UnreadPoll } from '../../poll-error.ts';
import type { JobStatus, Submitted } from '../../operation.ts';
import { toExcerpt } from '../http/answer.ts';
import type { Exchanged } from '../http/exchange.ts';
import { takePart } from '../http/operation.ts';
import { resolvePointer } from '../../../contract/pointer.ts';
import type { Redactor } from '../template/redact.ts';

/** Where an answer to a poll says what. */
export interface PollPointers {
  readonly status: string;
  readonly done: readonly Json[];
  readonly failed: readonly Json[];
  readonly result: string;
  readonly error?: string | undefined;
  readonly progress?: string | undefined;
  readonly progressScale: number;
}

/** Longest job id, in characters: it is stored, and stands in every URL of the polls. */
const LONGEST_HANDLE = 2_048;

/**
 * What the answer to a submit says: the handle, a string or a number, which is kept in the workflow's history. Throws what the
 * answer's `unusable` makes, when there is none, when it is too long, when it holds a secret, or when no request can hold it.
 *
 * @param check throws where a later request could not be made with this handle
 */
export function takeSubmitted(
  answer: Exchanged,
  pointer: string,
  redactor: Redactor,
  check: (handle: Json) => void,
): Submitted {
  const handle = takePart(answer, pointer);
  const text =
    typeof handle === 'number' || isExactNumber(handle) ? JSON.stringify(handle) : handle;
  if (typeof text !== 'string' || text === '') {
    throw answer.unusable(`what it has at ${pointer} is no job id: expected a string or a number`);
  }
  if (text.length > LONGEST_HANDLE) {
    throw answer.unusable(
      `what it has at ${pointer} is no job id: it has ${text.length} characters, of at most ${LONGEST_HANDLE}`,
    );
  }
  if (redactor.text(text) !== text) {
    throw answer.unusable('its job id holds a secret, and a job id is stored');
  }
  try {
    check(handle);
  } catch (thrown) {
    throw answer.unusable(`its job id cannot be asked for: ${(thrown as Error).message}`);
  }
  const { retryAfterMs } = answer;
  return { handle, ...(retryAfterMs && { firstLookMs: retryAfterMs }) };
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
  const body = answer.read();
  const status = resolvePointer(body, pointers.status);
  if (status === undefined) checkSilence(answer, pointers, redactor);
  const shown = status === undefined ? null : redactor.text(toExcerpt(toText(status)));
  if (typeof status === 'object' && status !== null && !isExactNumber(status)) {
    const why = `what it has at ${pointers.status} is no status: ${shown ?? ''}`;
    const error = new OperationError('UPSTREAM_REJECTED', `${where}, but ${why}`);
    return new UnreadPoll(redactor.error(error), false);
  }
  if (isListed(pointers.failed, status)) {
    return redactor.error(toJobFailure(answer, pointers, redactor));
  }
  if (isListed(pointers.done, status)) {
    const result = resolvePointer(body, pointers.result);
    if (isNothing(result) && saysError(body, pointers)) {
      return redactor.error(toJobFailure(answer, pointers, redactor));
    }
    if (result !== undefined) return { done: true, result: redactor.json(result) };
    return redactor.error(
      new OperationError(
        'OUTCOME_UNKNOWN',
        `${where}: the job is ${shown ?? ''}, but the answer has nothing at ${pointers.result}; the job ran, so look there before you repeat it`,
      ),
    );
  }
  const message =
    shown === null ? 'upstream does not say yet where the job stands' : `upstream says ${shown}`;
  return {
    done: false,
    progress: { fraction: toFraction(answer, pointers), message },
    ...(retryAfterMs && { pollAfterMs: retryAfterMs }),
  };
}

/** Some upstreams have no status before the end. An answer that is no object, or that has an error instead, is none of theirs. */
function checkSilence(answer: Exchanged, pointers: PollPointers, redactor: Redactor): void {
  const body = answer.read();
  const why = `its body has nothing at ${pointers.status}`;
  if (!isJsonObject(body)) throw answer.unusable(why);
  if (saysError(body, pointers)) {
    throw answer.unusable(`${why}, and says ${cut(redactor.text(toSaid(body, pointers)), 300)}`);
  }
}

/** Upstreams write numbers and truth values as text, and people do so in declarations. */
function isListed(values: readonly Json[], status: Json | undefined): boolean {
  if (status === undefined) return false;
  return values.some((value) => value === status || toWord(value) === toWord(status));
}

/** A value as text; one of its own, like no other, where it is no scalar or null. */
function toWord(value: Json): string | symbol {
  if (isExactNumber(value)) return JSON.stringify(value);
  return value === null || typeof value === 'object' ? Symbol() : String(value);
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
  const body = answer.read();
  const status = toText(resolvePointer(body, pointers.status) ?? null);
  const said = redactor.json(resolvePointer(body, pointers.error ?? '') ?? null);
  const excerpt = toExcerpt(redactor.failing(toText(said)));
  return new OperationError(
    'UPSTREAM_REJECTED',
    `${answer.where}: the job is ${status}: ${cut(excerpt, 300)}`,
    { details: { status, error: JSON.stringify(said).length > 1024 ? excerpt : said } },
  );
}

function toFraction(answer: Exchanged, { progress, progressScale }: PollPointers): number | null {
  const counted = progress === undefined ? undefined : resolvePointer(answer.read(), progress);
  if (typeof counted !== 'number') return null;
  return Math.min(Math.max(counted / progressScale, 0), 1);
}

function toSaid(body: Json, { error }: PollPointers): string {
  return toText(resolvePointer(body, error ?? '') ?? null);
}

function toText(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function isGone(thrown: unknown): boolean {
  if (!(thrown instanceof OperationError) || !isJsonObject(thrown.details)) return false;
  return (
    thrown.code === 'UPSTREAM_REJECTED' &&
    [404, 409, 410].includes(Number(thrown.details['status']))
  );
}
