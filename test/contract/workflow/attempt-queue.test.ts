import { expect, test } from '@jest/globals';
import {
  toAttemptQueue,
  toExclusiveId,
  toExclusiveQueue,
} from '../../../src/contract/workflow/attempt-queue.ts';
import { resolvePolicy, type PolicyOptions } from '../../../src/operations/policy.ts';

test.each<[PolicyOptions, string]>([
  [{}, 'longhaul'],
  [{ breakerFailures: 3 }, 'longhaul'],
  [{ ratePerSecond: 5 }, 'longhaul/refund'],
  [{ concurrency: 2 }, 'longhaul/refund'],
])('an operation with the policy %j runs on the queue %s', (policy, queue) => {
  expect(toAttemptQueue('longhaul', 'refund', resolvePolicy(policy, {}))).toBe(queue);
});

test('the exclusive worker of a queue has a workflow and a queue of its own', () => {
  expect(toExclusiveId('longhaul/refund')).toBe('longhaul-seat/longhaul/refund');
  expect(toExclusiveQueue(toExclusiveId('longhaul/refund'))).toBe('longhaul/refund/seat');
});
