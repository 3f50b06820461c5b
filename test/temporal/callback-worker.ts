// A worker as a process of its own, for tests that kill it: `callback-worker.ts <address>`. It says `ready`, ends every task of
// `refund` at once, and says `reading` when a delivery asks for its task, which it never hears of.
import { once } from 'node:events';
import { Client } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { createCallbackActivities } from '../../activities/callback/callback.ts';
import { createCallbackRules, NO_CALLBACKS } from '../../src/callbacks/rules.ts';
import { createTestTasks, type Activities } from '../support/temporal/tasks-without-gateway.ts';
import { quietRuntime } from '../support/temporal/quiet-runtime.ts';

const [address = ''] = process.argv.slice(2);

const deliveries = createCallbackActivities({
  rules: createCallbackRules(NO_CALLBACKS, () => []),
  secret: async (reference) => reference,
  userAgent: 'test',
  maxResultBytes: 1_000,
  readTask: async () => {
    process.stdout.write('reading\n');
    return new Promise(() => undefined);
  },
});
const activities = { refund: async () => 'done', ...deliveries } as unknown as Activities;

quietRuntime();
const connection = await NativeConnection.connect({ address });
await createTestTasks(new Client({ connection }), connection).withActivities(
  activities,
  async () => {
    process.stdout.write('ready\n');
    await once(process.stdin, 'data');
  },
);
