// The poll interval of native tasks is the hint of the pair: it knows what the gateway knows, and keeps to the configured bounds.
import { describe, expect, test } from '@jest/globals';
import type { Task } from '../../../src/contract/task.ts';
import { toExtensionTask, toLegacyTask } from '../../../src/mcp/native/view.ts';
import { toTaskAnswer } from '../../../src/tasks/answer.ts';
import { DEFAULT_POLLING } from '../../support/gateways/face.ts';

const running = (more: Partial<Task> = {}): Task => ({
  taskRef: 'k.AAAAAAAAAAAAAAAAAAAAAA',
  operation: 'report',
  idempotencyKey: 'k',
  createdAt: 0,
  updatedAt: 0,
  deadline: 3_600_000,
  expiresAt: null,
  retentionMs: 0,
  cancelRequested: false,
  state: { status: 'processing', attempt: 1, progress: null },
  ...more,
});
const usual = { earlyMs: 9_500, middleMs: 10_000, lateMs: 10_500 };
const hours = { earlyMs: 7_000_000, middleMs: 7_200_000, lateMs: 7_400_000 };
const later = { startsAt: 3_600_000, state: { status: 'pending', workerPresent: null } } as const;

describe.each<[string, Task, number]>([
  ['of which nothing is known', running(), 1_000],
  ['of which nothing is known, after an hour', running(), 3_599_000],
  ['that usually takes 10 s', running({ usual }), 0],
  ['that usually takes 10 s, near its end', running({ usual }), 9_000],
  ['that usually takes 10 s, overdue', running({ usual }), 12_000],
  ['that usually takes two hours', running({ usual: hours }), 60_000],
  ['that begins in an hour', running(later), 0],
])('of a task %s', (_, task, now) => {
  test('it is that of the pair in both generations, a whole number, and at most the maximum', () => {
    const { poll_after_ms } = toTaskAnswer(task, DEFAULT_POLLING, now);
    const { pollIntervalMs } = toExtensionTask(task, DEFAULT_POLLING, now);
    const { pollInterval } = toLegacyTask(task, DEFAULT_POLLING, now);

    expect([pollIntervalMs, pollInterval]).toEqual([poll_after_ms, poll_after_ms]);
    expect(Number.isInteger(pollIntervalMs)).toBe(true);
    expect(pollIntervalMs).toBeLessThanOrEqual(DEFAULT_POLLING.maxIntervalMs);
  });
});

test('what is known moves it to just behind the likely end', () => {
  const { pollIntervalMs } = toExtensionTask(running({ usual }), DEFAULT_POLLING, 0);

  expect(pollIntervalMs).toBeGreaterThan(usual.middleMs);
  expect(pollIntervalMs).toBeLessThan(usual.lateMs);
});
