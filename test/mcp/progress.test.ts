import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { createProgressReporter, type ProgressNotice } from '../../src/mcp/progress.ts';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

function createRecorder() {
  const notices: ProgressNotice[] = [];
  const reporter = createProgressReporter((notice) => {
    notices.push(notice);
    return Promise.resolve();
  });
  return { notices, reporter };
}

test('at most one notification a second is sent, and the newest progress wins', () => {
  const { notices, reporter } = createRecorder();
  for (const fraction of [0.1, 0.2, 0.3]) reporter.report({ fraction, message: null });
  expect(notices).toEqual([{ progress: 0.1, total: 1 }]);
  jest.advanceTimersByTime(1000);
  expect(notices).toEqual([
    { progress: 0.1, total: 1 },
    { progress: 0.3, total: 1 },
  ]);
});

test('the number rises although the fraction falls, stays or is not known', () => {
  const { notices, reporter } = createRecorder();
  for (const fraction of [0.5, 0.5, 0.2, null, null, 0.9]) {
    reporter.report({ fraction, message: 'm' });
    jest.advanceTimersByTime(1000);
  }
  const numbers = notices.map(({ progress }) => progress);
  expect(numbers).toHaveLength(6);
  expect(numbers).toEqual([...new Set(numbers)].sort());
  expect(Math.max(...numbers)).toBeLessThanOrEqual(1);
});

test('a number that cannot rise any more is not sent again', () => {
  const { notices, reporter } = createRecorder();
  for (const fraction of [1, 0, 1]) {
    reporter.report({ fraction, message: null });
    jest.advanceTimersByTime(1000);
  }
  expect(notices).toEqual([{ progress: 1, total: 1 }]);
});

test('nothing is sent after the end', async () => {
  const { notices, reporter } = createRecorder();
  reporter.report({ fraction: 0.1, message: null });
  reporter.report({ fraction: 0.2, message: null });
  await reporter.close();
  reporter.report({ fraction: 0.3, message: null });
  jest.advanceTimersByTime(5000);
  expect(notices).toHaveLength(1);
});

test('a caller that does not listen any more is no failure', async () => {
  const reporter = createProgressReporter(() => Promise.reject(new Error('closed')));
  reporter.report({ fraction: 0.1, message: null });
  await expect(reporter.close()).resolves.toBeUndefined();
});
