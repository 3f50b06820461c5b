// A worker of bare tasks as a process of its own, for tests that kill it: `hanging-worker.ts <address> hang|answer`. It says
// `ready`, then every call of a step as one line: step, attempt, key. A worker that hangs never ends a step that it is told
// to hang in; one that answers ends every step at once. It shuts down on a line on stdin.
import { once } from 'node:events';
import { Client } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import * as z from 'zod';
import type { OperationContext } from '../../src/operations/context.ts';
import { defineOperation } from '../../src/operations/define.ts';
import { defineJob } from '../../src/operations/define-job.ts';
import { createTestTasks } from '../support/temporal/tasks-without-gateway.ts';
import { quietRuntime } from '../support/temporal/quiet-runtime.ts';

const [address = '', mode = 'answer'] = process.argv.slice(2);

const description = 'for tests';
const input = z.object({ hang_in: z.string() });

async function step<Result>(
  name: string,
  hangIn: string,
  { attempt, idempotencyKey, signal }: OperationContext,
  result: Result,
): Promise<Result> {
  process.stdout.write(`${name} ${attempt} ${idempotencyKey}\n`);
  if (mode !== 'hang' || hangIn !== name) return result;
  await once(signal, 'abort');
  throw signal.reason;
}

const operations = [
  defineOperation({
    name: 'refund',
    description,
    input,
    run: async (parameters, context) => step('run', parameters.hang_in, context, 'done'),
  }),
  defineJob({
    name: 'train',
    description,
    input,
    submit: async (parameters, context) => step('submit', parameters.hang_in, context, 'job-1'),
    poll: async ({ parameters }, context) =>
      step('poll', parameters.hang_in, context, { done: true, result: 'model' }),
    cancel: async (_, context) => step('cancel', '', context, undefined),
  }),
];

quietRuntime();
const connection = await NativeConnection.connect({ address });
await createTestTasks(new Client({ connection }), connection).withWorker(operations, async () => {
  process.stdout.write('ready\n');
  await once(process.stdin, 'data');
});
await connection.close();
process.stdin.destroy();
