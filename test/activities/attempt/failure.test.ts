import { describe, expect, test } from '@jest/globals';
import { ERRORS, OperationError, type ErrorCode } from '../../../src/contract/errors.ts';
import type { Json } from '../../../src/contract/json.ts';
import { toFailure, toLostFailure, toUnknownFailure } from '../../../activities/attempt/failure.ts';

const circular: Record<string, unknown> = {};
circular['self'] = circular;

test.each(Object.keys(ERRORS) as ErrorCode[])('%s keeps its code, message and details', (code) => {
  const thrown = new OperationError(code, 'as it happened', {
    retryAfterMs: 500,
    details: { status: 418 },
  });
  expect(toFailure(thrown)).toMatchObject({
    type: code,
    message: 'as it happened',
    nonRetryable: !ERRORS[code].retryable && code !== 'OUTCOME_UNKNOWN',
    details: [
      {
        code,
        message: 'as it happened',
        retryable: ERRORS[code].retryable,
        retryAfterMs: 500,
        details: { status: 418 },
      },
    ],
  });
});

test.each([
  ['a defect', new TypeError('x is not a function'), 'x is not a function'],
  [
    "an error with somebody else's code",
    Object.assign(new Error('no file'), { code: 'ENOENT' }),
    'no file',
  ],
  ['an error whose code is no text', Object.assign(new Error('odd'), { code: 7 }), 'odd'],
  ['a text', 'just text', 'just text'],
  ['nothing', undefined, 'undefined'],
  ['null', null, 'null'],
  ['a symbol', Symbol('s'), 'Symbol(s)'],
])('%s is an internal error', (_, thrown, message) => {
  expect(toFailure(thrown)).toMatchObject({ type: 'INTERNAL', message, nonRetryable: true });
});

test('an error of another copy of the package is known by its code', () => {
  const foreign = Object.assign(new Error('refused'), {
    code: 'UPSTREAM_REJECTED',
    details: { a: 1 },
  });
  expect(toFailure(foreign)).toMatchObject({
    type: 'UPSTREAM_REJECTED',
    details: [{ details: { a: 1 } }],
  });
});

describe('what travels', () => {
  test('is nothing but the code, the message and the details', () => {
    const thrown = new OperationError('UPSTREAM_REJECTED', 'refused', {
      cause: new Error('authorization: Bearer s3cret'),
    });
    Object.assign(thrown, { request: { headers: { authorization: 's3cret' } } });
    const failure = toFailure(thrown);
    expect(failure.cause).toBeUndefined();
    expect(JSON.stringify(failure.details)).not.toContain('s3cret');
    expect(failure.stack).toBe('');
  });

  test('of a defect also says where it was thrown', () => {
    const thrown = new TypeError('x is not a function');
    expect(toFailure(thrown).stack).toBe(thrown.stack);
  });

  test('is a message of bounded length', () => {
    const { message } = toFailure(new OperationError('INTERNAL', 'x'.repeat(2_001)));
    expect(message).toBe(`${'x'.repeat(2_000)} …`);
  });

  test('is a message that Temporal can carry', () => {
    const { message } = toFailure(
      new OperationError('INTERNAL', `\uD800${'x'.repeat(1_998)}\u{1F600}`),
    );
    expect(message).toBe(`\uFFFD${'x'.repeat(1_998)} …`);
  });

  test.each([
    ['large', 'x'.repeat(16_384), { omitted: 'details of 16386 bytes' }],
    ['large in another script', '子'.repeat(5_462), { omitted: 'details of 16388 bytes' }],
    ['circular', circular as Json, { omitted: 'details that JSON cannot carry' }],
    [
      'of a kind that JSON has no word for',
      7n as never,
      { omitted: 'details that JSON cannot carry' },
    ],
    ['a function', (() => 1) as never, { omitted: 'details that JSON cannot carry' }],
  ])('is a note where the details are %s', (_, details: Json, told) => {
    const failure = toFailure(new OperationError('UPSTREAM_REJECTED', 'refused', { details }));
    expect(failure).toMatchObject({ type: 'UPSTREAM_REJECTED', details: [{ details: told }] });
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY])('is no wait of %d ms', (retryAfterMs) => {
    const failure = toFailure(new OperationError('RATE_LIMITED', 'slow down', { retryAfterMs }));
    expect(failure.details?.[0]).not.toHaveProperty('retryAfterMs');
  });
});

test('an attempt that was stopped from outside and one that no operation was for are told apart from failures', () => {
  expect(toLostFailure('gone')).toMatchObject({ type: 'ATTEMPT_LOST', nonRetryable: false });
  expect(toUnknownFailure('refund')).toMatchObject({
    type: 'UNKNOWN_TO_WORKER',
    message: 'no worker knows refund; start one with the configuration that defines it',
    nonRetryable: false,
  });
});

test('a failure tells nothing that a terminal obeys', () => {
  const message = `a${String.fromCharCode(27)}]0;PWNED${String.fromCharCode(7)}\r\nb\tc`;
  expect(toFailure(new OperationError('UPSTREAM_REJECTED', message)).message).toBe(
    'a\\u001b]0;PWNED\\u0007\nb\tc',
  );
});
