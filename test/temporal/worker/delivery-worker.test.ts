import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createFleetStatus } from '../../../src/temporal/operator/fleet-status.ts';
import { CALLER, startCallbackFleet, type CallbackFleet } from '../callback-fleet.ts';
import { until } from '../../support/temporal/data-directory.ts';
import { TEST_QUEUE } from '../../support/temporal/gateway-and-worker.ts';

let fleet: CallbackFleet;
beforeAll(async () => {
  fleet = await startCallbackFleet(1);
});
afterAll(async () => fleet[Symbol.asyncDispose]());

test('a callback takes no room from attempts, however little a worker has', async () => {
  const { tasks } = fleet.gateway;
  const told = await fleet.end(await fleet.start('/told-again'));
  await fleet.logged(told, 'delivered');
  const parameters = { ms: 600_000 };
  const { task } = await tasks.start(CALLER, { operation: 'work', parameters });
  await until(async () => (await tasks.read(CALLER, task.taskRef)).state.status === 'processing');
  await fleet.replay(told);
  expect(await fleet.received('/told-again', 2)).toHaveLength(2);
  const queues = await createFleetStatus({
    ...fleet.gateway.connected,
    taskQueue: TEST_QUEUE,
    limited: [],
  }).queues();
  const own = queues.find(({ kind }) => kind === 'callback');
  expect(own).toMatchObject({ workers: 1 });
  await tasks.cancel(CALLER, task.taskRef);
  await fleet.end(task);
});
