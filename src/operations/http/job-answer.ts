// What the answers of a job's upstream mean: its handle, where it stands, and that nothing is left to cancel.
import { OperationError } from '../../contract/errors.ts';
import { isExactNumber } from '../../contract/exact-number.ts';
import { isJsonObject, type Json } from '../../contract/json.ts';
import { cut } from '../../contract/text.ts';
import type { JobStatus } from '../operation.ts';
import { toExcerpt } from './answer.ts';
import type { Exchanged } from './exchange.ts';
import { takePart } from './operation.ts';
import { resolvePointer } from './pointer.ts';
import type { Redactor } from './redact.ts';

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
 * The handle in the answer to a submit. It is kept in the workflow's history.
 *
 * @throws {OperationError} UPSTREAM_REJECTED, when there is none, when it is too long, or when it holds a secret
 */
export function takeHandle(answer: Exchanged, pointer: string, redactor: Redactor): string {
  const handle = takePart(answer, pointer);
  const text =
    typeof handle === 'number' || isExactNumber(handle) ? JSON.stringify(handle) : handle;
  if (typeof text !== 'string' || text === '') {
    throw new OperationError(
      'UPSTREAM_REJECTED',
      `${answer.where}, but what it has at ${pointer} is no job id: expected a string or a number`,
    );
  }
  if (text.length > LONGEST_HANDLE) {
    throw new OperationError(
      'UPSTREAM_REJECTED',
      `${answer.where}, but what it has at ${pointer} is no job id: it has ${text.length} characters, of at most ${LONGEST_HANDLE}`,
    );
  }
  if (redactor.text(text) !== text) {
    throw new OperationError(
      'UPSTREAM_REJECTED',
      `${answer.where}, but its job id holds a secret, and a job id is stored`,
    );
  }
  return text;
}

/**
 * Where a job stands.
 *
 * @throws {OperationError} UPSTREAM_REJECTED, when the job failed, or the answer has no status
 */
export function toJobStatus(
  answer: Exchanged,
  pointers: PollPointers,
  redactor: Redactor,
): JobStatus {
  const status = takePart(answer, pointers.status);
  if (pointers.failed.includes(status)) throw toJobFailure(answer, pointers, redactor);
  if (pointers.done.includes(status)) {
    return { done: true, result: redactor.json(takePart(answer, pointers.result)) };
  }
  const fraction = toFraction(answer, pointers);
  const message = redactor.text(`upstream says ${toText(status)}`);
  const { retryAfterMs } = answer;
  return {
    done: false,
    progress: { fraction, message },
    ...(retryAfterMs && { pollAfterMs: retryAfterMs }),
  };
}

/** Cancels a job; one that is gone or has ended needs no cancel. */
export async function cancelJob(cancel: () => Promise<unknown>): Promise<void> {
  try {
    await cancel();
  } catch (thrown) {
    if (!isGone(thrown)) throw thrown;
  }
}

function toJobFailure(
  answer: Exchanged,
  pointers: PollPointers,
  redactor: Redactor,
): OperationError {
  const status = toText(takePart(answer, pointers.status));
  const said = redactor.json(resolvePointer(answer.read(), pointers.error ?? '') ?? null);
  const excerpt = toExcerpt(toText(said));
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
