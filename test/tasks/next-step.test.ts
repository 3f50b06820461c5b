import { describe, expect, test } from '@jest/globals';
import { createTaskError, ERRORS, type ErrorCode } from '../../src/contract/errors.ts';
import type { Task, TaskState } from '../../src/contract/task.ts';
import { toCancelStep, toNextStep, toRefusalStep } from '../../src/tasks/next-step.ts';

const hints = { pollAfterMs: 2000, waitCapSeconds: 25 };
const codes = Object.keys(ERRORS) as ErrorCode[];
const poll =
  'Call resolve_task_status with this task_ref in 2 s, or now with wait_seconds up to 25 to be answered as soon as it is done.';

const question = { message: 'Approve?', requestedSchema: { type: 'object', properties: {} } };
const toTask = (state: TaskState, more: Partial<Task> = {}): Task => ({
  taskRef: 'k.AAAAAAAAAAAAAAAAAAAAAA',
  operation: 'sleep',
  idempotencyKey: 'k',
  createdAt: 0,
  updatedAt: 0,
  deadline: 120_000,
  expiresAt: null,
  retentionMs: 172_800_000,
  cancelRequested: false,
  state,
  ...more,
});
const failed = (code: ErrorCode, retryAfterMs?: number): TaskState => ({
  status: 'failed',
  error: createTaskError(code, 'it broke', { retryAfterMs }),
  attempt: 1,
});

describe('a task', () => {
  test.each<[string, TaskState, string]>([
    ['waits', { status: 'pending', workerPresent: true }, `It waits for a worker. ${poll}`],
    ['waits, unseen', { status: 'pending', workerPresent: null }, `It waits for a worker. ${poll}`],
    [
      'waits for a worker that is not there',
      { status: 'pending', workerPresent: false },
      `No worker is polling, so nothing runs until one is started: tell the user. The task waits until 1970-01-01T00:02:00.000Z. ${poll}`,
    ],
    ['runs', { status: 'processing', attempt: 1, progress: null }, poll],
    [
      'asks',
      { status: 'input_required', attempt: 1, requests: { approval: question, amount: question } },
      'The task waits for a person (approval, amount): ask the user what input_requests says, then call provide_task_input with this task_ref and responses such as {"approval":{"action":"accept","content":{}}}, its content as requested_schema says; action may be decline or cancel instead.',
    ],
    [
      'was answered a moment ago',
      { status: 'input_required', attempt: 1, requests: {} },
      `Its questions are answered. ${poll}`,
    ],
    [
      'is done',
      { status: 'completed', result: 1, attempt: 1 },
      'The result is final; no further call is needed.',
    ],
  ])('that %s has its sentence', (_, state, sentence) => {
    expect(toNextStep(toTask(state), hints)).toBe(sentence);
  });

  test('that is being cancelled says so', () => {
    const state: TaskState = { status: 'processing', attempt: 1, progress: null };
    expect(toNextStep(toTask(state, { cancelRequested: true }), hints)).toBe(
      `A cancel was requested and is not confirmed yet. ${poll}`,
    );
  });

  test('is not offered a wait that the gateway does not grant', () => {
    const state: TaskState = { status: 'processing', attempt: 1, progress: null };
    const step = toNextStep(toTask(state), { ...hints, waitCapSeconds: 0 });
    expect(step).toBe('Call resolve_task_status with this task_ref in 2 s.');
  });

  test.each(codes)('that failed with %s says what comes next, without placeholders', (code) => {
    const step = toNextStep(toTask(failed(code)), hints);
    expect(step).toMatch(/^[A-Z][^{}]+\.$/);
    expect(step).not.toMatch(/same idempotency_key/);
  });

  const withJob = (code: ErrorCode, may_go_on: boolean): TaskState => {
    const details = { job: { handle: 'j1', may_go_on } };
    return { status: 'failed', error: createTaskError(code, 'it broke', { details }), attempt: 1 };
  };

  test.each(codes)('that failed with %s and left its job is not started again blindly', (code) => {
    expect(toNextStep(toTask(withJob(code, true)), hints)).toMatch(
      /^Do not start it again blindly: its job or workflow may go on, .* before you call initiate/,
    );
  });

  test.each<[ErrorCode, RegExp]>([
    [
      'UPSTREAM_REJECTED',
      /^Its job could not be followed and was cancelled upstream: .*, call ini/,
    ],
    ['INTERNAL', /^Its job could not be followed and was cancelled upstream: /],
    ['CANCELLED', /^It was cancelled; nothing more to do/],
    ['DEADLINE_EXCEEDED', /^Find out whether it took effect; .* larger max_wait_seconds/],
  ])('that failed with %s and cancelled its job says so', (code, sentence) => {
    expect(toNextStep(toTask(withJob(code, false)), hints)).toMatch(sentence);
  });

  test.each(['UPSTREAM_UNAVAILABLE', 'CIRCUIT_OPEN', 'RATE_LIMITED'] as const)(
    'that failed with %s is repeated under a new key, after the time that is known',
    (code) => {
      expect(toNextStep(toTask(failed(code, 5000)), hints)).toBe(
        'A retry can help: wait 5 s, then call initiate_background_task again with a new idempotency_key and the same parameters.',
      );
    },
  );

  test.each(['OUTCOME_UNKNOWN', 'ATTEMPT_TIMEOUT', 'DEADLINE_EXCEEDED'] as const)(
    'that failed with %s may have taken effect, which comes first',
    (code) => {
      expect(toNextStep(toTask(failed(code)), hints)).toMatch(
        /[Ff]ind out .*took effect|may have taken effect/,
      );
    },
  );
});

describe('a cancel', () => {
  test.each([
    ['requested', { status: 'pending', workerPresent: null }, `The cancel is on its way. ${poll}`],
    ['confirmed', failed('CANCELLED'), 'The task was cancelled; no further call is needed.'],
    [
      'already_finished',
      { status: 'completed', result: 1, attempt: 1 },
      'It had finished before the cancel. The result is final; no further call is needed.',
    ],
  ] as const)('that is %s has its sentence', (cancellation, state, sentence) => {
    expect(toCancelStep({ task: toTask(state), cancellation }, hints)).toBe(sentence);
  });

  test('that did not keep it from its own end is not told as one that came too late', () => {
    const state = { status: 'completed', result: 1, attempt: 1 } as const;
    const task = { ...toTask(state), cancelRequested: true };
    expect(toCancelStep({ task, cancellation: 'already_finished' }, hints)).toBe(
      'It was asked to cancel, and ended in its own way all the same. The result is final; no further call is needed.',
    );
  });
});

describe('a refused call', () => {
  test.each(codes)('%s says what comes next, without placeholders', (code) => {
    expect(toRefusalStep(createTaskError(code, 'no'))).toMatch(/^[A-Z][^{}]+\.$/);
  });

  test('an unconfirmed start is repeated with the key that the error names', () => {
    const error = createTaskError('SUBMISSION_UNCONFIRMED', 'no answer in time', {
      retryAfterMs: 3000,
      details: { idempotency_key: 'abc' },
    });
    expect(toRefusalStep(error)).toBe(
      'It may have been started: wait 3 s, then repeat the same call with idempotency_key "abc", which finds the task if it exists.',
    );
  });

  test('a call that Temporal could not serve is repeated with the same key', () => {
    expect(toRefusalStep(createTaskError('BACKEND_UNAVAILABLE', 'away'))).toMatch(
      /repeat the same call, with the same idempotency_key/,
    );
  });
});
