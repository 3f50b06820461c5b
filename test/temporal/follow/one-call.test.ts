// What following costs while nothing happens: one call at a time, and a beat behind each.
import { expect, test } from '@jest/globals';
import { Client } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { followTarget } from '../../../src/temporal/follow/follow.ts';
import { installRuntime } from '../../../src/temporal/connection/runtime.ts';
import { startUnwillingTemporal } from '../../support/peers/unwilling-temporal.ts';

test('a workflow is followed by one long poll after the other, and by nothing else', async () => {
  installRuntime(() => undefined);
  await using temporal = await startUnwillingTemporal('OK');
  const connection = await NativeConnection.connect({ address: temporal.address });
  const place = { client: new Client({ connection }), namespace: 'default' };
  const target = { type: 'order', taskQueue: 'orders', workflowId: 'order-17', runId: 'first' };
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
