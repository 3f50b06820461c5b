// How a workflow of somebody else ended, as an error of the table. Pure, and tested as a table.
import {
  ActivityFailure,
  ApplicationFailure,
  RetryState,
  TimeoutFailure,
} from '@temporalio/common';
import { isErrorCode, OperationError, type ErrorCode } from '../../contract/errors.ts';
import type { JsonObject } from '../../contract/json.ts';
import type { Target } from '../../contract/workflow/target.ts';
import { cut, messageOf } from '../../contract/text.ts';

/** How it ended without a result. */
export type BadEnd =
  | { readonly kind: 'failed'; readonly failure: unknown }
  | { readonly kind: 'timed_out' }
  | { readonly kind: 'terminated'; readonly reason: string }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'unreadable'; readonly why: string }
  | { readonly kind: 'gone' };

export function toEndError(end: BadEnd, target: Target): OperationError {
  const name = `the workflow ${target.workflowId}`;
  const say = (code: ErrorCode, message: string, more: JsonObject = {}): OperationError =>
    new OperationError(code, message, { details: { workflow: toNames(target), ...more } });
  switch (end.kind) {
    case 'failed':
      return toFailed(end.failure, target, say);
    case 'timed_out':
      return say('ATTEMPT_TIMEOUT', `${name} ran out of the time that its own options give it`);
    case 'terminated':
      return say(
        'TERMINATED',
        `${name} was terminated${end.reason === '' ? '' : `: ${cut(end.reason, WORDS, ' …')}`}`,
      );
    case 'cancelled':
      return say('CANCELLED', `${name} was cancelled`);
    case 'unreadable':
      return say('OUTCOME_UNKNOWN', `${name} completed, but its result cannot be read: ${end.why}`);
    case 'gone':
      return say(
        'OUTCOME_UNKNOWN',
        `${name} is not there any more: it was deleted, or its namespace keeps it no longer`,
      );
  }
}

/** Longest text of one failure, in characters. */
const WORDS = 300;

/** Causes that are told. */
const CAUSES = 4;

function toFailed(
  failure: unknown,
  target: Target,
  say: (code: ErrorCode, message: string, more: JsonObject) => OperationError,
): OperationError {
  const chain = toChain(failure);
  const said = chain.find((one) => one instanceof ApplicationFailure) ?? chain[0];
  const type = toType(said);
  const message = cut(messageOf(said), WORDS, ' …');
  const retryable = mayHelp(chain, said);
  const causes = chain
    .filter((one) => one !== said)
    .slice(0, CAUSES)
    .map((one) => cut(`${toType(one)}: ${(one as Error).message}`, WORDS, ' …'));
  const code = isErrorCode(type) ? type : retryable ? 'UPSTREAM_UNAVAILABLE' : 'UPSTREAM_REJECTED';
  const after = causes.length > 0 ? ` (${causes.join('; ')})` : '';
  return say(code, `the workflow ${target.workflowId} failed with ${type}: ${message}${after}`, {
    failure: { type, message, retryable, causes },
  });
}

/** A failure and what caused it, outermost first. */
function toChain(failure: unknown): readonly unknown[] {
  const chain: unknown[] = [];
  for (let one = failure; one !== undefined && one !== null && chain.length < 10;) {
    chain.push(one);
    one = one instanceof Error ? one.cause : undefined;
  }
  return chain;
}

function toType(failure: unknown): string {
  if (failure instanceof ApplicationFailure) {
    const named = failure.type ?? '';
    return named === '' ? 'Error' : named;
  }
  return failure instanceof Error ? failure.name : 'Error';
}

/** What its author says: of the failure itself, or of the activity that was not to be tried again. */
function mayHelp(chain: readonly unknown[], said: unknown): boolean {
  const isFinal = chain.some(
    (one) => one instanceof ActivityFailure && one.retryState === RetryState.NON_RETRYABLE_FAILURE,
  );
  if (isFinal) return false;
  if (said instanceof ApplicationFailure) return said.nonRetryable !== true;
  return chain.some((one) => one instanceof TimeoutFailure);
}

function toNames({ workflowId, runId, type }: Target): JsonObject {
  return { id: workflowId, run_id: runId, type };
}
