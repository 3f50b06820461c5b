import { createHash } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { toWorkflowId } from '../../../src/temporal/calls/identity.ts';
import { withoutPrincipal } from '../../../src/temporal/worker/log-fields.ts';

/** As the lines of attempts have it. */
const hashOf = (principal: string) =>
  createHash('sha256').update(principal).digest('base64url').slice(0, 12);

test.each(['alice', 'https://login.example.com sub alice', 'h_alice'])(
  'a line about a workflow has the hash of %s, and the rest of its name',
  (principal) => {
    const fields = { workflowId: toWorkflowId(principal, 'order-1'), runId: 'a-run' };
    expect(withoutPrincipal(fields)).toEqual({
      principal: hashOf(principal),
      workflow: 'order-1',
      runId: 'a-run',
    });
  },
);

test('a line about a task that is one activity, too, and none about an activity of a workflow', () => {
  const activityId = toWorkflowId('alice', 'order-1');
  expect(withoutPrincipal({ activityId })).toEqual({
    principal: hashOf('alice'),
    activity: 'order-1',
  });
  expect(withoutPrincipal({ activityId: 'attempt-1' })).toEqual({ activityId: 'attempt-1' });
  expect(withoutPrincipal({ workflowId: activityId, activityId: 'attempt-1' })).toEqual({
    principal: hashOf('alice'),
    workflow: 'order-1',
    activityId: 'attempt-1',
  });
});

test('a line about the delivery of a callback, too', () => {
  const workflowId = `${toWorkflowId('alice', 'order-1')}:a-run:0`;
  expect(withoutPrincipal({ workflowId })).toEqual({
    principal: hashOf('alice'),
    workflow: 'order-1:a-run:0',
  });
});

test.each([{}, { workflowId: 'longhaul-breakers/longhaul' }, { principal: 'a-hash' }])(
  'other lines stay as they are (%p)',
  (fields) => {
    expect(withoutPrincipal(fields)).toEqual(fields);
  },
);
