// `longhaul serve` and `longhaul worker` over a configured address: two of each, as a platform team runs them.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { connectClient, DIALECTS } from '../support/clients/mcp-clients.ts';
import { awaitEnd, callUntilReachable } from '../support/clients/follow-task.ts';
import { createHome, type Home } from '../support/processes/home.ts';
import { startLonghaul } from '../support/processes/longhaul.ts';
import { startTestTemporal, type TestTemporal } from '../support/temporal/server.ts';

const LIMIT_MS = 300_000;

describe('over a configured address', () => {
  let temporal: TestTemporal;
  let home: Home;
  let options: { cwd: string; env: { TEMPORAL_ADDRESS: string } };
  beforeAll(async () => {
    temporal = await startTestTemporal();
    home = await createHome();
    options = { cwd: home.path, env: { TEMPORAL_ADDRESS: temporal.address } };
  }, LIMIT_MS);
  afterAll(async () => {
    await home[Symbol.asyncDispose]();
    await temporal[Symbol.asyncDispose]();
  }, LIMIT_MS);

  const serve = () => startLonghaul('serve', ['--port', '0'], options);
  const work = () => startLonghaul('worker', [], options);

  test(
    'without a worker a task is pending, and the agent is told so',
    async () => {
      await using gateway = await serve();
      await using client = await connectClient(DIALECTS[0], { url: gateway.mcpUrl });
      const started = await client.call('initiate_background_task', {
        operation_type: 'sleep',
        parameters: { seconds: 0 },
        max_wait_seconds: 8,
      });
      const read = await client.call('resolve_task_status', { task_ref: started.json.task_ref });
      expect(read.json).toMatchObject({
        status: 'pending',
        next_step: expect.stringContaining('No worker is polling'),
      });
      const ended = await awaitEnd(client, started.json.task_ref);
      expect(ended.json).toMatchObject({ status: 'failed', error: { code: 'QUEUE_TIMEOUT' } });
      expect(await gateway.stop()).toBe(0);
    },
    LIMIT_MS,
  );

  test(
    '50 equal requests over two gateways are one task; a gateway and a worker may die',
    async () => {
      await using one = await serve();
      await using other = await serve();
      await using worker = await work();
      const second = await work();
      await using client = await connectClient(DIALECTS[0], { url: one.mcpUrl });
      const lost = await connectClient(DIALECTS[2], { url: other.mcpUrl });
      const request = {
        operation_type: 'sleep',
        parameters: { seconds: 3 },
        idempotency_key: 'over-two-gateways',
      };
      const answers = await Promise.all(
        Array.from({ length: 50 }, (_, index) =>
          (index % 2 === 0 ? client : lost).call('initiate_background_task', request),
        ),
      );
      const found = answers.map(({ json }) => json as unknown as { deduplicated: boolean });
      expect(new Set(answers.map(({ json }) => json.task_ref)).size).toBe(1);
      expect(found.filter(({ deduplicated }) => !deduplicated)).toHaveLength(1);

      await sleep(500);
      await other.kill();
      await second.kill();
      await using again = await serve();
      await using found2 = await connectClient(DIALECTS[1], { url: again.mcpUrl });
      const taskRef = answers[0]!.json.task_ref;
      const ended = await awaitEnd(found2, taskRef);
      expect(ended.json.status).toBe('completed');
      const same = await client.call('resolve_task_status', { task_ref: taskRef });
      expect(same.json).toEqual(ended.json);
      expect(await worker.stop()).toBe(0);
    },
    LIMIT_MS,
  );

  test(
    'a gateway whose Temporal goes away says so, and works again when it is back',
    async () => {
      await using gateway = await serve();
      await using worker = await work();
      await using client = await connectClient(DIALECTS[0], { url: gateway.mcpUrl });
      const request = { operation_type: 'sleep', parameters: { seconds: 0 } };
      const before = await client.call('initiate_background_task', request);
      const origin = new URL(gateway.mcpUrl).origin;
      await temporal.kill();
      const away = await client.call('initiate_background_task', {
        ...request,
        idempotency_key: 'sent-into-the-dark',
      });
      expect(['BACKEND_UNAVAILABLE', 'SUBMISSION_UNCONFIRMED']).toContain(away.json.error.code);
      const unread = await client.call('resolve_task_status', { task_ref: before.json.task_ref });
      expect(unread.json.error.code).toBe('BACKEND_UNAVAILABLE');
      expect((await fetch(`${origin}/readyz`)).status).toBe(503);

      await temporal.restart();
      let ready = 503;
      for (let look = 0; look < 600 && ready !== 200; look += 1) {
        await sleep(250);
        ready = (await fetch(`${origin}/readyz`)).status;
      }
      const again = await callUntilReachable(client, 'initiate_background_task', {
        ...request,
        idempotency_key: 'sent-into-the-dark',
      });
      expect((await awaitEnd(client, again.json.task_ref)).json.status).toBe('completed');
      expect(worker.pid).toBeGreaterThan(0);
    },
    LIMIT_MS,
  );

  test(
    'a wrong namespace is one sentence',
    async () => {
      const { exitCode, stderr } = await home.run(['serve', '--port', '0'], {
        TEMPORAL_ADDRESS: temporal.address,
        TEMPORAL_NAMESPACE: 'nowhere',
      });
      expect(exitCode).toBe(1);
      expect(stderr).toContain('nowhere');
      expect(stderr).not.toContain('    at ');
    },
    LIMIT_MS,
  );
});

test(
  'a wrong address is one sentence, in bounded time',
  async () => {
    await using home = await createHome();
    const { exitCode, stderr } = await home.run(['worker'], { TEMPORAL_ADDRESS: '127.0.0.1:1' });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('127.0.0.1:1');
    expect(stderr).not.toContain('    at ');
  },
  LIMIT_MS,
);

test(
  'without an address serve says which variable is missing',
  async () => {
    await using home = await createHome();
    const { exitCode, stderr } = await home.run(['serve']);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('TEMPORAL_ADDRESS')]);
  },
  LIMIT_MS,
);
