// The paths of tasks that follow workflows of others, or are activities of others.
import { setTimeout as sleep } from 'node:timers/promises';
import { TEST_TASKS_QUEUE } from '../support/temporal/tasks-without-gateway.ts';
import type { Path } from './path.ts';
import { fail, followed, left } from './steps.ts';

const foreign = {
  ...{ type: 'Charge', taskQueue: TEST_TASKS_QUEUE, args: [{ order: 7 }] },
  ...{ heartbeats: false, checks: false },
};

const refused = fail('UPSTREAM_REJECTED', { nonRetryable: true });

export const FOLLOWED_PATHS: Readonly<Record<string, Path>> = {
  'workflow-completed': { activities: followed() },
  'workflow-failed': { activities: followed({ follow: refused }) },
  'workflow-cancelled': {
    activities: followed({
      follow: async () => sleep(1_500).then(() => fail('CANCELLED', { nonRetryable: true })(1)),
    }),
    cancelAfter: 'ActivityTaskCompleted',
  },
  'workflow-completed-despite-a-cancel': {
    activities: followed({ follow: async () => sleep(1_500, 'shipped') }),
    cancelAfter: 'ActivityTaskCompleted',
  },
  'workflow-left': {
    activities: followed({ follow: async () => sleep(1_500, 'shipped'), stop: left }),
    cancelAfter: 'ActivityTaskCompleted',
  },
  'workflow-deadline': {
    change: { policy: { attemptMs: 1_500, totalMs: 1_500 } },
    activities: followed({ follow: async () => sleep(3_000, 'too late') }),
  },
  'activity-completed': {
    change: { activity: foreign },
    activities: { Charge: async () => 'charged' },
  },
  'activity-checked': {
    change: { activity: { ...foreign, checks: true } },
    activities: { Charge: async () => 'charged', 'refund.check': async () => 'charged' },
  },
  'activity-failed': {
    change: { activity: foreign },
    activities: { Charge: async () => fail('INTERNAL', { type: 'CardDeclined' })(1) },
  },
};
