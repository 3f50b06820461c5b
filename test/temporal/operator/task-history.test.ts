import { expect, test } from '@jest/globals';
import type { PendingActivity } from '../../../src/temporal/lanes/workflow/execution.ts';
import { readTaskHistory, toNow } from '../../../src/temporal/operator/task-history.ts';
import { ACTIVITY, EXECUTION } from '../execution.ts';
import { createTestOperations } from '../../support/operations/test-operations.ts';
import { openTestGateway, startTestWorker } from '../../support/temporal/gateway-and-worker.ts';
import { startTestTemporal } from '../../support/temporal/server.ts';

const NOW = 1_000_000;

const activity = { ...ACTIVITY, id: 'attempt-2', started: false, lastChangeAt: NOW - 3_000 };
const execution = { ...EXECUTION, activity };

test.each<[string, Partial<PendingActivity>, string]>([
  ['that is queued', {}, 'attempt 2 waits for a worker, for 3.0 s'],
  ['that is paused', { paused: true, attempt: 2 }, 'attempt 2 is paused in Temporal; time 2'],
  ['that runs', { started: true }, 'attempt 2 runs; last sign of life 3.0 s ago'],
  [
    'that is put off until its interval is over',
    {
      id: 'poll-1',
      attempt: 10,
      dueAt: NOW + 7_000,
      failure: { type: 'JOB_RUNNING', detail: null },
    },
    'the poll of the job is due in 7.0 s; time 10; before: JOB_RUNNING',
  ],
])('the story of a task ends with an activity %s', (_, more, text) => {
  const running = { ...execution, activity: { ...activity, ...more } };
  expect(toNow(running, NOW)).toEqual([{ at: NOW, text }]);
});

test('the story of a task that ended has no more to come', () => {
  expect(toNow({ ...execution, status: 'completed' }, NOW)).toEqual([]);
});

test('between two looks at a job the last change is the look that was, not the one to come', async () => {
  const me = { principal: 'local' };
  const { registry } = createTestOperations();
  await using temporal = await startTestTemporal();
  await using gateway = await openTestGateway(temporal.address, registry);
  const worker = await startTestWorker(gateway, registry);
  const { task } = await gateway.tasks.start(me, {
    operation: 'submit_slowly',
    parameters: { label: '', ms: 1 },
  });
  const { client, namespace } = gateway.connected;
  const betweenLooks = async (): Promise<void> => {
    const { steps } = await readTaskHistory(client, namespace, me.principal, task);
    if (!(steps.at(-1)?.text ?? '').startsWith('the poll of the job is due in '))
      await betweenLooks();
  };
  await betweenLooks();
  const { updatedAt } = await gateway.tasks.read(me, task.taskRef);
  expect(updatedAt).toBeLessThanOrEqual(Date.now());
  await gateway.tasks.cancel(me, task.taskRef);
  await worker.stop();
});
