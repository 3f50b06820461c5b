import { describe, expect, test } from '@jest/globals';
import {
  ApplicationFailure,
  CancelledFailure,
  TerminatedFailure,
  TimeoutFailure,
  type TimeoutType,
} from '@temporalio/common';
import {
  ATTEMPT_LOST,
  ATTEMPT_PUT_OFF,
  KEY_MISSING,
  UNKNOWN_TO_WORKER,
} from '../../../../src/contract/workflow/task-input.ts';
import { toFailedOutcome } from '../../../../src/temporal/lanes/activity/closing.ts';
import { failed } from '../failed-outcome.ts';

const taken = {
  ...{ wasTaken: true, lastRun: 2, inDoubt: true },
  ...{ runsAgain: true, cancelRequested: false },
};
const untaken = { ...taken, wasTaken: false, lastRun: null };
const reported = (type: string, detail?: unknown) =>
  ApplicationFailure.nonRetryable('as told', type, detail);
const timeout = (type: TimeoutType) => new TimeoutFailure('timeout', undefined, type);

describe('what an activity failed with gives the outcome', () => {
  test.each<[string, Error, object]>([
    [
      'a code of the table',
      reported('RATE_LIMITED', { retryAfterMs: 2_000, details: { quota: 3 }, attempt: 4 }),
      failed('RATE_LIMITED', 'as told', { retryAfterMs: 2_000, details: { quota: 3 } }, 4),
    ],
    ['a type of its own', reported('SomethingElse'), failed('INTERNAL', 'as told', {}, 2)],
    [
      'a property of every object',
      reported('constructor', 7),
      failed('INTERNAL', 'as told', {}, 2),
    ],
    [
      'details of no form',
      reported('UPSTREAM_REJECTED', ['x']),
      failed('UPSTREAM_REJECTED', '', {}, 2),
    ],
    ['a lost attempt', reported(ATTEMPT_LOST), failed('OUTCOME_UNKNOWN', 'as told', {}, 2)],
    ['no operation', reported(UNKNOWN_TO_WORKER), failed('UNKNOWN_OPERATION', 'as told', {}, 2)],
    ['no key', reported(KEY_MISSING), failed('INTERNAL', 'as told', {}, 2)],
    [
      'a put-off',
      reported(ATTEMPT_PUT_OFF, { code: 'RATE_LIMITED' }),
      failed('RATE_LIMITED', '', {}, 2),
    ],
    [
      'a terminate for a reason',
      new TerminatedFailure('wrong customer'),
      failed('TERMINATED', 'an operator terminated the task in Temporal: wrong customer'),
    ],
    ['a terminate', new TerminatedFailure(''), failed('TERMINATED', 'an operator')],
    ['a cancel', new CancelledFailure('stop'), failed('CANCELLED', 'on request')],
    ['anything else', new Error('boom'), failed('INTERNAL', 'boom')],
  ])('%s', (_, failure, outcome) => {
    expect(toFailedOutcome(failure, taken)).toEqual(outcome);
  });
});

describe('a time that ran out', () => {
  test.each<[TimeoutType, object]>([
    ['SCHEDULE_TO_CLOSE', failed('DEADLINE_EXCEEDED', 'total time', {}, 2)],
    ['SCHEDULE_TO_START', failed('DEADLINE_EXCEEDED', 'total time', {}, 2)],
    ['START_TO_CLOSE', failed('ATTEMPT_TIMEOUT', 'longer than the operation allows', {}, 2)],
    ['HEARTBEAT', failed('OUTCOME_UNKNOWN', 'vanished', {}, 2)],
  ])('of kind %s, once a worker had it', (kind, outcome) => {
    expect(toFailedOutcome(timeout(kind), taken)).toEqual(outcome);
  });

  test.each([
    [true, 'CANCELLED'],
    [false, 'OUTCOME_UNKNOWN'],
  ])('after a cancel, of one that would run again: %s', (runsAgain, code) => {
    const ended = { ...taken, runsAgain, cancelRequested: true };
    expect(toFailedOutcome(timeout('HEARTBEAT'), ended)).toMatchObject({ error: { code } });
  });

  test('between two attempts says nothing of one that was running', () => {
    const ended = toFailedOutcome(timeout('SCHEDULE_TO_CLOSE'), { ...taken, inDoubt: false });
    const message = 'the total time of the task ran out';
    expect(ended).toMatchObject({ error: { code: 'DEADLINE_EXCEEDED', message }, attempt: null });
  });

  test.each<[string, Error, string]>([
    ['was put off to its end', reported(ATTEMPT_PUT_OFF, { code: 'CIRCUIT_OPEN' }), 'CIRCUIT_OPEN'],
    ['no worker knew', reported(UNKNOWN_TO_WORKER), 'UNKNOWN_OPERATION'],
    ['vanished', timeout('HEARTBEAT'), 'DEADLINE_EXCEEDED'],
  ])('of a task that %s says so', (_, cause, code) => {
    const failure = Object.assign(timeout('SCHEDULE_TO_CLOSE'), { cause });
    expect(toFailedOutcome(failure, { ...taken, lastRun: null })).toMatchObject({
      error: { code },
      attempt: null,
    });
    expect(toFailedOutcome(failure, taken)).toMatchObject({ error: { code: 'DEADLINE_EXCEEDED' } });
  });

  test.each<[TimeoutType, string]>([
    ['SCHEDULE_TO_CLOSE', 'within its total time; nothing was run'],
    ['SCHEDULE_TO_START', 'within its queue time; nothing was run'],
  ])('of kind %s, before any worker took it', (kind, message) => {
    const failure = timeout(kind);
    expect(toFailedOutcome(failure, untaken)).toEqual(failed('QUEUE_TIMEOUT', message));
    expect(toFailedOutcome(failure, { ...untaken, cancelRequested: true })).toEqual(
      failed('CANCELLED', 'before any worker took it'),
    );
  });
});
