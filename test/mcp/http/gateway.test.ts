import { describe, expect, test } from '@jest/globals';
import { CONTROL_TOOLS } from '../../../src/mcp/control/tools.ts';
import { shareReadiness } from '../../../src/mcp/http/health.ts';
import { connectClient, DIALECTS } from '../../support/clients/mcp-clients.ts';
import { createFace } from '../../support/gateways/face.ts';
import { toProcessing } from '../../support/gateways/fake-task-service.ts';
import { send, startGateway, type Running } from '../../support/gateways/http-gateway.ts';

const SLEEP = { operation_type: 'sleep', parameters: { seconds: 1 } };
const READY = { ready: true, temporal: true, worker: true };

describe.each(DIALECTS)('over a socket, for %s', (dialect) => {
  test('the pair works', async () => {
    await using running = await startGateway();
    await using client = await connectClient(dialect, running);
    const { task_ref } = (await client.call('initiate_background_task', SLEEP)).json;
    running.tasks.set(task_ref, { status: 'completed', result: { slept: 1 }, attempt: 1 });
    expect((await client.call('resolve_task_status', { task_ref })).json).toMatchObject({
      done: true,
      result: { slept: 1 },
    });
  });

  test('progress arrives while a wait is running', async () => {
    await using running = await startGateway();
    await using client = await connectClient(dialect, running);
    const { task_ref } = (await client.call('initiate_background_task', SLEEP)).json;
    let answer: Promise<unknown> | undefined;
    const seen = new Promise((onProgress) => {
      answer = client.call('resolve_task_status', { task_ref, wait_seconds: 20 }, { onProgress });
    });
    await running.tasks.whenWaiting();
    running.tasks.set(task_ref, toProcessing({ fraction: 0.25, message: 'a quarter' }));
    expect(await seen).toMatchObject({ progress: 0.25, total: 1, message: 'a quarter' });
    running.tasks.set(task_ref, { status: 'completed', result: 1, attempt: 1 });
    await answer;
  });

  test('a caller that goes away ends its wait', async () => {
    await using running = await startGateway();
    await using client = await connectClient(dialect, running);
    const { task_ref } = (await client.call('initiate_background_task', SLEEP)).json;
    const leaving = new AbortController();
    const answer = client
      .call('resolve_task_status', { task_ref, wait_seconds: 20 }, { signal: leaving.signal })
      .catch(() => 'gone');
    await running.tasks.whenWaiting();
    leaving.abort();
    expect(await answer).toBe('gone');
    const { status } = (await client.call('resolve_task_status', { task_ref })).json;
    expect(status).toBe('pending');
  });

  test('an answer that is being waited for survives the shutdown (clients.md 16)', async () => {
    await using running = await startGateway();
    await using client = await connectClient(dialect, running);
    const { task_ref } = (await client.call('initiate_background_task', SLEEP)).json;
    const answer = client.call('resolve_task_status', { task_ref, wait_seconds: 20 });
    await running.tasks.whenWaiting();
    await Promise.all([
      running.gateway.close(60_000),
      expect(answer).resolves.toMatchObject({ isError: false, json: { status: 'pending' } }),
    ]);
  });
});

test('discovery answers from the gateway alone, in both eras (clients.md 11)', async () => {
  await using running = await startGateway();
  running.tasks.failWith(new Error('Temporal is away'));
  for (const dialect of DIALECTS) {
    await using client = await connectClient(dialect, running);
    expect(await client.listTools()).toHaveLength(
      CONTROL_TOOLS.length + running.registry.all.length,
    );
  }
});

describe('health', () => {
  const read = async (running: Running, page: string) => {
    const answer = await send(running.url.replace('/mcp', page), { method: 'GET' });
    return { status: answer.status, body: JSON.parse(answer.text) as unknown };
  };

  test('a process that serves is healthy, whatever is behind it', async () => {
    await using running = await startGateway({ readiness: () => Promise.reject(new Error('no')) });
    expect((await read(running, '/healthz')).status).toBe(200);
  });

  test.each([
    ['ready', READY, 200],
    ['without Temporal', { ready: false, temporal: false, worker: null }, 503],
    ['without a worker', { ready: false, temporal: true, worker: false }, 503],
  ])('a gateway %s says so', async (_, readiness, status) => {
    await using running = await startGateway({ readiness: () => Promise.resolve(readiness) });
    expect(await read(running, '/readyz')).toEqual({ status, body: readiness });
  });

  test('many who ask whether it is ready are answered by fewer questions', async () => {
    let asked = 0;
    let answer: (found: typeof READY) => void = () => undefined;
    const found = new Promise<typeof READY>((resolve) => (answer = resolve));
    const readiness = () => {
      asked += 1;
      return found;
    };
    await using running = await startGateway({ readiness });
    const answers = Array.from({ length: 50 }, async () => read(running, '/readyz'));
    await read(running, '/healthz');
    answer(READY);
    for (const { status } of await Promise.all(answers)) expect(status).toBe(200);
    expect(asked).toBeLessThan(50);
  });

  test('a check that fails counts as not ready', async () => {
    await using running = await startGateway({ readiness: () => Promise.reject(new Error('no')) });
    expect(await read(running, '/readyz')).toMatchObject({ status: 503, body: { ready: false } });
  });
});

describe('readiness', () => {
  const ready = { ready: true, temporal: true, worker: null };

  test('is found out once for all who ask meanwhile, and for a moment after', async () => {
    let clock = 0;
    let asked = 0;
    let answer: (found: typeof ready) => void = () => undefined;
    const ask = () => {
      asked += 1;
      return new Promise<typeof ready>((resolve) => (answer = resolve));
    };
    const share = shareReadiness(ask, () => clock);
    const all = Array.from({ length: 100 }, share);
    clock = 60_000;
    const later = share();
    answer(ready);
    expect(await Promise.all([...all, later])).toEqual(Array.from({ length: 101 }, () => ready));
    clock += 249;
    expect(await share()).toBe(ready);
    expect(asked).toBe(1);
    clock += 1;
    const next = share();
    answer({ ...ready, ready: false });
    expect(await next).toMatchObject({ ready: false });
    expect(asked).toBe(2);
  });

  test('that could not be found out is shared as well', async () => {
    let asked = 0;
    const share = shareReadiness(() => {
      asked += 1;
      return Promise.reject(new Error('no'));
    });
    const answers = await Promise.all([share(), share()]);
    expect(answers).toMatchObject([{ ready: false }, { ready: false }]);
    expect(asked).toBe(1);
  });
});

test('a taken port fails with one sentence that names it and the flag', async () => {
  await using running = await startGateway();
  const port = Number(new URL(running.url).port);
  await expect(startGateway({ port })).rejects.toThrow(
    `port ${port} on 127.0.0.1 is taken; stop the program that has it, or choose another with --port`,
  );
});

test('a shutdown does not wait for idle connections or for calls beyond its grace', async () => {
  const never = new Promise<never>(() => undefined);
  const face = createFace({ tasks: { ...createFace().tasks, read: () => never } });
  await using running = await startGateway({ factory: face.factory });
  await using client = await connectClient('client 2.4 modern', running);
  const cut = client.call('resolve_task_status', { task_ref: 'a' }).catch(() => 'cut');
  await client.listTools();
  await running.gateway.close(50);
  expect(await cut).toBe('cut');
});

test('a call on an open connection during the shutdown is refused as a result', async () => {
  await using running = await startGateway();
  await using client = await connectClient('client 2.4 modern', running);
  await running.factory.drain();
  const late = await client.call('list_operations');
  expect(late).toMatchObject({ isError: true, json: { error: { code: 'BACKEND_UNAVAILABLE' } } });
});
