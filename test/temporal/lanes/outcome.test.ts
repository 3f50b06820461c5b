import { describe, expect, test } from '@jest/globals';
import { defaultFailureConverter, defaultPayloadConverter } from '@temporalio/common';
import { toEnding, toOutcome, type Ending } from '../../../src/temporal/lanes/outcome.ts';
import { failed } from './failed-outcome.ts';

const converter = {
  payloadConverter: defaultPayloadConverter,
  failureConverter: defaultFailureConverter,
  payloadCodecs: [],
};

const payloads = (value: unknown) => ({
  payloads: [defaultPayloadConverter.toPayload(value)],
});

describe('how a workflow ended gives the outcome', () => {
  test.each<[string, Ending, object]>([
    [
      'completed',
      { kind: 'completed', output: { result: { a: [1] }, attempt: 2 } },
      { status: 'completed', result: { a: [1] }, attempt: 2 },
    ],
    [
      'completed with null',
      { kind: 'completed', output: { result: null, attempt: 1 } },
      { status: 'completed', result: null, attempt: 1 },
    ],
    [
      'completed by code that said nothing',
      { kind: 'completed', output: undefined },
      { status: 'completed', result: null, attempt: null },
    ],
    [
      'failed with a code',
      {
        kind: 'failed',
        type: 'RATE_LIMITED',
        message: 'slow down',
        detail: { retryAfterMs: 2_000, details: { quota: 3 }, attempt: 4 },
      },
      {
        ...failed('RATE_LIMITED', 'slow down', { retryAfterMs: 2_000, details: { quota: 3 } }),
        attempt: 4,
      },
    ],
    [
      'failed with a type of its own',
      { kind: 'failed', type: 'SomethingElse', message: 'boom', detail: null },
      failed('INTERNAL', 'boom'),
    ],
    [
      'failed with a property of every object',
      { kind: 'failed', type: 'constructor', message: 'boom', detail: { retryAfterMs: 'soon' } },
      failed('INTERNAL', 'boom'),
    ],
    [
      'timed out before any attempt',
      { kind: 'timed_out', attemptStarted: false, cancelRequested: false },
      failed('QUEUE_TIMEOUT', 'nothing was run'),
    ],
    [
      'timed out before any attempt, when it was to be cancelled',
      { kind: 'timed_out', attemptStarted: false, cancelRequested: true },
      failed('CANCELLED', 'before any worker took it'),
    ],
    [
      'timed out during an attempt',
      { kind: 'timed_out', attemptStarted: true, cancelRequested: true },
      failed('DEADLINE_EXCEEDED', 'total time'),
    ],
    [
      'terminated for a reason',
      { kind: 'terminated', reason: 'wrong customer' },
      failed('TERMINATED', 'wrong customer'),
    ],
    ['terminated', { kind: 'terminated', reason: '' }, failed('TERMINATED', 'an operator')],
    ['cancelled', { kind: 'cancelled' }, failed('CANCELLED', 'on request')],
  ])('%s', (_, ending, outcome) => {
    expect(toOutcome(ending)).toEqual(outcome);
  });
});

describe('the close event gives how a workflow ended', () => {
  const unfinished = { attemptStarted: true, cancelRequested: false };
  test.each<[string, Parameters<typeof toEnding>[0], Ending]>([
    [
      'completed',
      { workflowExecutionCompletedEventAttributes: { result: payloads({ result: 1 }) } },
      { kind: 'completed', output: { result: 1 } },
    ],
    [
      'failed',
      {
        workflowExecutionFailedEventAttributes: {
          failure: {
            message: 'refused',
            applicationFailureInfo: {
              type: 'UPSTREAM_REJECTED',
              details: payloads({ attempt: 1 }),
            },
          },
        },
      },
      { kind: 'failed', type: 'UPSTREAM_REJECTED', message: 'refused', detail: { attempt: 1 } },
    ],
    [
      'failed without a word',
      { workflowExecutionFailedEventAttributes: {} },
      { kind: 'failed', type: '', message: 'the workflow failed', detail: undefined },
    ],
    [
      'timed out',
      { workflowExecutionTimedOutEventAttributes: {} },
      { kind: 'timed_out', ...unfinished },
    ],
    [
      'terminated',
      { workflowExecutionTerminatedEventAttributes: { reason: 'enough' } },
      { kind: 'terminated', reason: 'enough' },
    ],
    ['cancelled', { workflowExecutionCanceledEventAttributes: {} }, { kind: 'cancelled' }],
  ])('%s', async (_, event, ending) => {
    expect(await toEnding(event, converter, async () => unfinished)).toEqual(ending);
  });
});
