// From what an operation threw to what Temporal records: the failure's type is the error's code. The workflow decides about
// repetitions, except for a job's polls and its cancel, which Temporal repeats unless they are final.
import { ApplicationFailure } from '@temporalio/activity';
import { ApplicationFailureCategory } from '@temporalio/common';
import { createTaskError, toTaskError, type TaskError } from '../../src/contract/errors.ts';
import { INPUT_REQUIRED } from '../../src/contract/input.ts';
import type { Json } from '../../src/contract/json.ts';
import { toWellFormed } from '../../src/contract/text.ts';
import { ATTEMPT_LOST, UNKNOWN_TO_WORKER } from '../../src/contract/workflow/task-input.ts';
import { checkQuestions } from '../../src/operations/input/questions.ts';
import { UnreadPoll } from '../../src/operations/poll-error.ts';
import { shorten } from './text.ts';

const MESSAGE_CHARACTERS = 2_000;

const STACK_CHARACTERS = 4_000;

/** A failure travels through the history and into every answer: details above this are left out, and said to be. */
const DETAILS_BYTES = 16_384;

export function toFailure(thrown: unknown): ApplicationFailure {
  if (isQuestion(thrown)) return toQuestionFailure(thrown);
  if (thrown instanceof UnreadPoll) return toUnreadFailure(thrown);
  const error = bound(toTaskError(thrown));
  // An answer that was lost may come when asked for again, where asking again does no harm.
  const isFinal = !error.retryable && error.code !== 'OUTCOME_UNKNOWN';
  const failure = createFailure(error, isFinal);
  // For people who read the history: a defect is found by where it was thrown; an expected failure needs no place.
  const stack = error.code === 'INTERNAL' && thrown instanceof Error ? thrown.stack : '';
  failure.stack = shorten(stack ?? '', STACK_CHARACTERS);
  return failure;
}

interface Question extends Error {
  readonly requests: unknown;
}

function isQuestion(thrown: unknown): thrown is Question {
  return thrown instanceof Error && thrown.name === 'InputRequired' && 'requests' in thrown;
}

function toQuestionFailure({ message, requests }: Question): ApplicationFailure {
  try {
    return ApplicationFailure.create({
      type: INPUT_REQUIRED,
      message: shorten(message, MESSAGE_CHARACTERS),
      nonRetryable: true,
      category: ApplicationFailureCategory.BENIGN,
      details: [checkQuestions(requests)],
    });
  } catch (error) {
    return toFailure(
      new Error(
        `the operation asks for input in a form that no client can show: ${(error as Error).message}`,
      ),
    );
  }
}

function toUnreadFailure(poll: UnreadPoll): ApplicationFailure {
  const { again, jobMayRun } = poll;
  const error = bound(toTaskError(poll));
  return createFailure({ ...error, ...(again ? { unread: true } : { jobMayRun }) }, !again);
}

function createFailure(error: TaskError, isFinal: boolean): ApplicationFailure {
  const { code: type, message } = error;
  return ApplicationFailure.create({ type, message, nonRetryable: isFinal, details: [error] });
}

export function toLostFailure(message: string): ApplicationFailure {
  return ApplicationFailure.retryable(message, ATTEMPT_LOST);
}

export function toUnknownFailure(activityType: string): ApplicationFailure {
  const message = `no worker knows ${activityType}; start one with the configuration that defines it`;
  return ApplicationFailure.retryable(message, UNKNOWN_TO_WORKER);
}

function bound({ code, message, retryAfterMs, details }: TaskError): TaskError {
  return createTaskError(code, shorten(message, MESSAGE_CHARACTERS), {
    retryAfterMs: Number.isFinite(retryAfterMs) ? retryAfterMs : undefined,
    details: details === undefined ? undefined : boundDetails(details),
  });
}

/** Authors of JavaScript may put in anything; details that JSON cannot hold must not replace the author's own failure. */
function boundDetails(details: Json): Json {
  try {
    const bytes = byteLength(details);
    return bytes > DETAILS_BYTES ? { omitted: `details of ${bytes} bytes` } : toWellFormed(details);
  } catch {
    return { omitted: 'details that JSON cannot carry' };
  }
}

/** Size of a value as JSON in UTF-8, in bytes. */
export function byteLength(value: Json): number {
  return Buffer.byteLength(JSON.stringify(value));
}
