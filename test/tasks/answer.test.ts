import { describe, expect, test } from '@jest/globals';
import { ERRORS, createTaskError, type ErrorCode } from '../../src/contract/errors.ts';
import type { Task, TaskState } from '../../src/contract/task.ts';
import {
  cancelAnswerSchema,
  initiateAnswerSchema,
  taskAnswerSchema,
  toCancelAnswer,
  toInitiateAnswer,
  toTaskAnswer,
} from '../../src/tasks/answer.ts';

const NOW = 3000;
const polling = {
  initialIntervalMs: 1000,
  maxIntervalMs: 30_000,
  backoffMultiplier: 2,
  waitCapSeconds: 25,
};
const task: Task = {
  taskRef: 'k.AAAAAAAAAAAAAAAAAAAAAA',
  operation: 'sleep',
  idempotencyKey: 'k',
  createdAt: 1000,
  updatedAt: 2000,
  deadline: 121_000,
  expiresAt: null,
  retentionMs: 172_800_000,
  cancelRequested: false,
  state: { status: 'pending', workerPresent: null },
};
const FIELDS = [
  'task_ref',
  'operation_type',
  'status',
  'done',
  'created_at',
  'updated_at',
  'deadline',
  'expires_at',
  'attempt',
  'progress',
  'input_requests',
  'result',
  'error',
  'poll_after_ms',
  'next_step',
];

const codes = Object.keys(ERRORS) as ErrorCode[];
const states: [string, TaskState][] = [
  ['pending', { status: 'pending', workerPresent: false }],
  [
    'processing',
    {
      status: 'processing',
      attempt: 2,
      progress: { fraction: 0.5, message: null },
    },
  ],
  [
    'input_required',
    {
      status: 'input_required',
      attempt: 1,
      requests: {
        approval: { message: 'Approve?', requestedSchema: { type: 'object', properties: {} } },
      },
    },
  ],
  ['completed', { status: 'completed', result: { rows: [1, null, 'ü'] }, attempt: 1 }],
  ['completed with null', { status: 'completed', result: null, attempt: null }],
  ...codes.map((code): [string, TaskState] => [
    `failed with ${code}`,
    {
      status: 'failed',
      error: createTaskError(code, 'm', { retryAfterMs: 5, details: [1] }),
      attempt: 1,
    },
  ]),
];

describe.each(states)('a task that is %s', (_, state) => {
  const answer = toTaskAnswer({ ...task, state }, polling, NOW);

  test('has the fixed fields, all of them, in their order', () => {
    expect(Object.keys(answer)).toEqual(FIELDS);
  });

  test('fits the published schemas of every tool that shows it', () => {
    const known = { task: { ...task, state }, cancellation: 'already_finished' } as const;
    expect(taskAnswerSchema.parse(answer)).toEqual(answer);
    expect(() => cancelAnswerSchema.parse(toCancelAnswer(known, polling, NOW))).not.toThrow();
    expect(() =>
      initiateAnswerSchema.parse(
        toInitiateAnswer({ task: { ...task, state }, deduplicated: true }, polling, NOW),
      ),
    ).not.toThrow();
  });

  test('has a result only when completed, an error only when failed, a hint only until done', () => {
    expect(answer.error === null).toBe(state.status !== 'failed');
    expect(answer.result).toEqual(state.status === 'completed' ? state.result : null);
    // The one that is processing says that half of it is done.
    const hint = state.status === 'processing' ? 2080 : 3000;
    expect(answer.poll_after_ms).toBe(answer.done ? null : hint);
  });
});

test('a new task is answered in the short form of the contract', () => {
  expect(toInitiateAnswer({ task, deduplicated: false }, polling, NOW)).toEqual({
    task_ref: task.taskRef,
    status: 'queued',
    operation_type: 'sleep',
    idempotency_key: 'k',
    deduplicated: false,
    created_at: '1970-01-01T00:00:01.000Z',
    deadline: '1970-01-01T00:02:01.000Z',
    poll_after_ms: 3000,
    next_step: expect.stringMatching(/^Keep task_ref\. Call resolve_task_status/),
  });
});

test('a task that starts later says when, and what there is to do until then', () => {
  const later = { ...task, startsAt: 3_601_000, deadline: 3_721_000 };
  const time = { status: 'pending', starts_at: '1970-01-01T01:00:01.000Z', poll_after_ms: 30_000 };
  const started = toInitiateAnswer({ task: later, deduplicated: false }, polling, NOW);
  expect(started).toMatchObject({ ...time, deadline: '1970-01-01T01:02:01.000Z' });
  expect(started.next_step).toMatch(/^Keep task_ref\. Nothing runs before 1970-01-01T01:00:01/);
  const read = toTaskAnswer(later, polling, NOW);
  expect(read).toMatchObject(time);
  expect(read.next_step).toMatch(/^Nothing runs before .*cancel_background_task/);
  const begun = toTaskAnswer(later, polling, 3_601_500);
  expect(begun).toMatchObject({ starts_at: time.starts_at, poll_after_ms: 1500 });
  expect(begun.next_step).toMatch(/^It waits for a worker/);
});

test('a duplicate is answered as resolve_task_status would, and says so', () => {
  expect(toInitiateAnswer({ task, deduplicated: true }, polling, NOW)).toEqual({
    ...toTaskAnswer(task, polling, NOW),
    deduplicated: true,
  });
});

test('an error keeps its retry time and details under their wire names', () => {
  const error = createTaskError('RATE_LIMITED', 'slow down', {
    retryAfterMs: 7,
    details: { a: 1 },
  });
  const answer = toTaskAnswer(
    { ...task, state: { status: 'failed', error, attempt: 3 } },
    polling,
    NOW,
  );
  expect(answer).toMatchObject({
    attempt: 3,
    error: {
      code: 'RATE_LIMITED',
      message: 'slow down',
      retryable: true,
      retry_after_ms: 7,
      details: { a: 1 },
    },
  });
});
