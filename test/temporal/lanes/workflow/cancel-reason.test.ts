import { expect, test } from '@jest/globals';
import { createTaskError } from '../../../../src/contract/errors.ts';
import { NO_REASON, withReason } from '../../../../src/temporal/lanes/reason.ts';
import { findCancelReason } from '../../../../src/temporal/lanes/workflow/cancel-reason.ts';

const requested = (cause?: string) => ({
  workflowExecutionCancelRequestedEventAttributes: { cause: cause ?? null },
});

test.each([
  ['given', [{}, requested('too slow'), {}], 'too slow'],
  ['left out', [requested()], null],
  ['empty', [requested('')], null],
  ['kept out of the history', [requested(NO_REASON)], null],
  ['of no cancel', [{}], null],
])('a reason that is %s', (_, events, reason) => {
  expect(findCancelReason(events)).toBe(reason);
});

test('the outcome has it, and is as it was without one', () => {
  const error = createTaskError('CANCELLED', 'the task was cancelled on request');
  const outcome = { status: 'failed', error, attempt: 1 } as const;

  expect(withReason(outcome, null)).toBe(outcome);
  expect(withReason(outcome, 'too slow')).toMatchObject({
    error: { code: 'CANCELLED', message: 'the task was cancelled on request (too slow)' },
  });
});
