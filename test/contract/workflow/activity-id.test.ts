import { expect, test } from '@jest/globals';
import {
  parseActivityId,
  toActivityId,
  toAttemptType,
  toOperationOf,
  toStepType,
} from '../../../src/contract/workflow/activity-id.ts';

test('an id is read as it was written', () => {
  expect(toActivityId('attempt', 12)).toBe('attempt-12');
  expect(parseActivityId('attempt-12')).toEqual({ kind: 'attempt', attempt: 12 });
  expect(parseActivityId(toActivityId('poll', 2))).toEqual({ kind: 'poll', attempt: 2 });
});

test.each(['', '7', 'attempt', 'attempt-', 'attempt-x', 'guess-2'])('%j is no id of ours', (id) => {
  expect(parseActivityId(id)).toEqual({ kind: null, attempt: 1 });
});

test('the attempt of a job is its submit, and every type names its operation', () => {
  expect(toAttemptType('report', 'run')).toBe('report');
  expect(toAttemptType('report', 'job')).toBe('report.submit');
  expect(toOperationOf('report')).toBe('report');
  expect(toOperationOf(toStepType('report', 'cancel'))).toBe('report');
});
