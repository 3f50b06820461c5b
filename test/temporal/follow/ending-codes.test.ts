import { expect, test } from '@jest/globals';
import {
  ActivityFailure,
  ApplicationFailure,
  RetryState,
  TimeoutFailure,
} from '@temporalio/common';
import type { Target } from '../../../src/contract/workflow/target.ts';
import { toEndError, type BadEnd } from '../../../src/temporal/follow/ending.ts';

const target: Target = {
  ...{ type: 'ProcessOrder', taskQueue: 'orders', workflowId: 'order-17', runId: 'a run' },
};
const app = (type: string, nonRetryable = false) =>
  ApplicationFailure.create({ type, message: 'as it says', nonRetryable });
const inActivity = (cause: Error, state: RetryState = RetryState.MAXIMUM_ATTEMPTS_REACHED) =>
  new ActivityFailure('Activity task failed', 'charge', '1', state, 'somebody', cause);

test.each<[string, BadEnd, string, RegExp]>([
  ['its own type', failed(app('OutOfStock', true)), 'UPSTREAM_REJECTED', /with OutOfStock: as/],
  ['a type that may help', failed(app('Busy')), 'UPSTREAM_UNAVAILABLE', /with Busy: as it says$/],
  ['a code', failed(app('FILE_NOT_FOUND')), 'FILE_NOT_FOUND', /with FILE_NOT_FOUND/],
  [
    'its activity',
    failed(inActivity(app('Busy'))),
    'UPSTREAM_UNAVAILABLE',
    /Busy.*ActivityFailure/,
  ],
  [
    'an activity that is not tried again',
    failed(inActivity(app('Busy'), RetryState.NON_RETRYABLE_FAILURE)),
    'UPSTREAM_REJECTED',
    /Busy/,
  ],
  [
    'an activity that ran out of time',
    failed(inActivity(new TimeoutFailure('activity StartToClose timeout', null, 'START_TO_CLOSE'))),
    'UPSTREAM_UNAVAILABLE',
    /StartToClose timeout/,
  ],
  ['its time', { kind: 'timed_out' }, 'ATTEMPT_TIMEOUT', /order-17 ran out of the time/],
  ['an operator', { kind: 'terminated', reason: 'stop' }, 'TERMINATED', /was terminated: stop$/],
  ['a cancel', { kind: 'cancelled' }, 'CANCELLED', /order-17 was cancelled$/],
  ['bytes', { kind: 'unreadable', why: 'bytes' }, 'OUTCOME_UNKNOWN', /cannot be read: bytes$/],
  ['a delete', { kind: 'gone' }, 'OUTCOME_UNKNOWN', /is not there any more/],
])('a workflow that ends by %s', (_, end, code, message) => {
  const error = toEndError(end, target);
  expect(error.code).toBe(code);
  expect(error.message).toMatch(message);
  expect(error.details).toMatchObject({ workflow: { id: 'order-17', run_id: 'a run' } });
});

function failed(failure: Error): BadEnd {
  return { kind: 'failed', failure };
}
