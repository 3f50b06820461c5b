// Following a workflow at a server that only answers empty pages, and at one that lets nobody do anything.
import { beforeAll, expect, test } from '@jest/globals';
import { Client } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { followTarget } from '../../../src/temporal/follow/follow.ts';
import { installRuntime } from '../../../src/temporal/connection/runtime.ts';
import { startUnwillingTemporal } from '../../support/peers/unwilling-temporal.ts';

const target = { type: 'order', taskQueue: 'orders', workflowId: 'order-17', runId: 'first' };

beforeAll(() => {
  installRuntime(() => undefined);
});

test('it is one long poll after the other, and nothing else', async () => {
  await using temporal = await startUnwillingTemporal('OK');
  const connection = await NativeConnection.connect({ address: temporal.address });
  const place = { client: new Client({ connection }), namespace: 'default' };
  const enough = new AbortController();
  let beats = 0;
  const beat = async () => {
    beats += 1;
    if (beats === 5) enough.abort(new Error('enough was seen'));
    return Promise.resolve();
  };
  const following = { signal: enough.signal, beginMs: null, beat, pollMs: 20_000 };
  await expect(followTarget(place, target, following)).rejects.toThrow('enough was seen');
  expect(temporal.calls).toEqual(Array.from({ length: 5 }, () => 'GetWorkflowExecutionHistory'));
  expect(temporal.mostOpen()).toBe(1);
  await connection.close();
});

test('where it is not allowed any more, the task says that the workflow may go on', async () => {
  await using temporal = await startUnwillingTemporal('PERMISSION_DENIED');
  const connection = await NativeConnection.connect({ address: temporal.address });
  const place = { client: new Client({ connection }), namespace: 'vault' };
  const { signal } = new AbortController();
  const beat = async () => Promise.resolve();
  const following = followTarget(place, target, { signal, beginMs: null, beat, pollMs: 20_000 });
  await expect(following).rejects.toMatchObject({
    code: 'UPSTREAM_REJECTED',
    message: expect.stringMatching(
      /^Temporal does not let Longhaul follow .* namespace vault: .*; the workflow order-17 may go on$/,
    ),
    details: { workflow: { id: 'order-17', may_go_on: true } },
  });
  await connection.close();
});
