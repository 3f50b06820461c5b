// `longhaul dev` as its user runs it: the built CLI, the real embedded server, real clients, and everything killed.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readDataDirectory } from '../../src/local/index.ts';
import { processIdentity } from '../../src/local/process-identity.ts';
import { connectClient, DIALECTS, type TestClient } from '../support/clients/mcp-clients.ts';
import { awaitAttempt, awaitEnd } from '../support/clients/follow-task.ts';
import { createHome, type Home } from '../support/processes/home.ts';
import { startLonghaul, type Longhaul } from '../support/processes/longhaul.ts';

const LIMIT_MS = 300_000;

interface TaskJson {
  readonly task_ref: string;
  readonly status: string;
  readonly attempt: number | null;
  readonly result: unknown;
  readonly error: { readonly code: string } | null;
  readonly deduplicated: boolean;
  readonly cancellation: string;
  readonly poll_after_ms: number | null;
}

async function ask(
  client: TestClient,
  tool: string,
  args: Record<string, unknown>,
): Promise<TaskJson> {
  return (await client.call(tool, args)).json as unknown as TaskJson;
}

/** Closes a client whose gateway may be gone. */
async function disconnect(client: TestClient): Promise<void> {
  try {
    await client[Symbol.asyncDispose]();
  } catch {
    // the gateway went first
  }
}

const startDev = (home: Home) =>
  startLonghaul('dev', ['--port', '0', '--data-dir', home.dataDirectory], { cwd: home.path });

describe('the pair over HTTP', () => {
  let home: Home;
  let gateway: Longhaul;
  beforeAll(async () => {
    home = await createHome();
    gateway = await startDev(home);
  }, LIMIT_MS);
  afterAll(async () => {
    await gateway.stop();
    await home[Symbol.asyncDispose]();
  }, LIMIT_MS);

  test.each(DIALECTS)(
    '%s starts, repeats, reads, cancels and finds tasks',
    async (dialect) => {
      await using client = await connectClient(dialect, { url: gateway.mcpUrl });
      const key = `order of ${dialect}`.replaceAll(' ', '-');
      const request = {
        operation_type: 'sleep',
        parameters: { seconds: 0.2 },
        idempotency_key: key,
      };
      const first = await ask(client, 'initiate_background_task', request);
      expect(first).toMatchObject({ status: 'queued', deduplicated: false });
      const again = await ask(client, 'initiate_background_task', request);
      expect(again).toMatchObject({ task_ref: first.task_ref, deduplicated: true });
      const done = await ask(client, 'resolve_task_status', {
        task_ref: first.task_ref,
        wait_seconds: 20,
      });
      expect(done).toMatchObject({
        status: 'completed',
        done: true,
        attempt: 1,
        result: { slept_seconds: 0.2 },
        error: null,
        poll_after_ms: null,
      });

      const failed = await ask(client, 'initiate_background_task', {
        operation_type: 'sleep',
        parameters: { seconds: 0, fail_with: 'UPSTREAM_UNAVAILABLE' },
        wait_seconds: 20,
      });
      expect(failed).toMatchObject({ status: 'failed', result: null });
      expect(failed.error?.code).toBe('UPSTREAM_UNAVAILABLE');

      const long = await ask(client, 'initiate_background_task', {
        operation_type: 'simulated_batch',
        parameters: { items: 10, seconds: 600 },
      });
      await ask(client, 'cancel_background_task', { task_ref: long.task_ref });
      const cancelled = await ask(client, 'resolve_task_status', {
        task_ref: long.task_ref,
        wait_seconds: 20,
      });
      expect(cancelled.error?.code).toBe('CANCELLED');
      const twice = await ask(client, 'cancel_background_task', { task_ref: long.task_ref });
      expect(twice.cancellation).toBe('already_finished');

      const listed = await client.call('list_background_tasks', { idempotency_key: key });
      expect(listed.json.tasks).toHaveLength(1);
      const operations = await client.call('list_operations', {});
      expect(operations.json.operations).toHaveLength(5);
    },
    LIMIT_MS,
  );

  test(
    '50 equal requests at once are one task',
    async () => {
      await using client = await connectClient(DIALECTS[0], { url: gateway.mcpUrl });
      const request = {
        operation_type: 'sleep',
        parameters: { seconds: 1 },
        idempotency_key: 'fifty-at-once',
      };
      const answers = await Promise.all(
        Array.from({ length: 50 }, () => ask(client, 'initiate_background_task', request)),
      );
      expect(new Set(answers.map(({ task_ref: ref }) => ref)).size).toBe(1);
      expect(answers.filter(({ deduplicated }) => !deduplicated)).toHaveLength(1);
      const conflict = await client.call('initiate_background_task', {
        ...request,
        parameters: { seconds: 2 },
      });
      expect(conflict.isError).toBe(true);
      expect(conflict.json.error.code).toBe('IDEMPOTENCY_KEY_CONFLICT');
    },
    LIMIT_MS,
  );

  test('health and readiness tell the truth', async () => {
    const origin = new URL(gateway.mcpUrl).origin;
    expect((await fetch(`${origin}/healthz`)).status).toBe(200);
    const ready = await fetch(`${origin}/readyz`);
    expect([ready.status, await ready.json()]).toEqual([
      200,
      { ready: true, temporal: true, worker: true },
    ]);
  });
});

test(
  'SIGTERM ends gateway, worker and server in order, and a running attempt may finish',
  async () => {
    await using home = await createHome();
    const file = join(home.path, 'longhaul.config.yaml');
    await writeFile(file, 'execution: { shutdownGraceSeconds: 60 }\n');
    const gateway = await startDev(home);
    const client = await connectClient(DIALECTS[0], { url: gateway.mcpUrl });
    const started = await ask(client, 'initiate_background_task', {
      operation_type: 'sleep',
      parameters: { seconds: 15 },
    });
    await awaitAttempt(client, started.task_ref);
    const waiting = ask(client, 'resolve_task_status', {
      task_ref: started.task_ref,
      wait_seconds: 20,
    });
    await sleep(200);
    const { server } = await readDataDirectory(home.dataDirectory);
    const stopping = gateway.stop();
    expect((await waiting).status).toBe('processing');
    expect(await stopping).toBe(0);
    expect(processIdentity(server!.pid)).toBeUndefined();
    await disconnect(client);

    await using next = await startDev(home);
    await using later = await connectClient(DIALECTS[0], { url: next.mcpUrl });
    // The attempt ended before the worker did; the next worker only writes that down.
    const found = await awaitEnd(later, started.task_ref);
    expect(found.json).toMatchObject({ status: 'completed', attempt: 1 });
    await next.stop();
  },
  LIMIT_MS,
);

test(
  'kill -9 of gateway, worker and server in the middle of work loses nothing',
  async () => {
    await using home = await createHome();
    const gateway = await startDev(home);
    const client = await connectClient(DIALECTS[1], { url: gateway.mcpUrl });
    const started = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        ask(client, 'initiate_background_task', {
          operation_type: index % 2 === 0 ? 'sleep' : 'simulated_batch',
          parameters: index % 2 === 0 ? { seconds: 2 } : { items: 10, seconds: 2 },
          idempotency_key: `task-${index}`,
        }),
      ),
    );
    await sleep(700);
    const { server } = await readDataDirectory(home.dataDirectory);
    await gateway.kill();
    process.kill(server!.pid, 'SIGKILL');
    await disconnect(client);

    await using next = await startDev(home);
    await using later = await connectClient(DIALECTS[1], { url: next.mcpUrl });
    const ended = await Promise.all(started.map(async ({ task_ref: ref }) => awaitEnd(later, ref)));
    expect(ended.map(({ json }) => json.status)).toEqual(ended.map(() => 'completed'));
    const again = await ask(later, 'initiate_background_task', {
      operation_type: 'sleep',
      parameters: { seconds: 2 },
      idempotency_key: 'task-0',
    });
    expect(again).toMatchObject({ task_ref: started[0]!.task_ref, deduplicated: true });
    await next.stop();
  },
  LIMIT_MS,
);

test(
  'kill -9 of the embedded server alone is mended by the gateway',
  async () => {
    await using home = await createHome();
    await using gateway = await startDev(home);
    await using client = await connectClient(DIALECTS[2], { url: gateway.mcpUrl });
    const started = await ask(client, 'initiate_background_task', {
      operation_type: 'simulated_batch',
      parameters: { items: 5, seconds: 2 },
    });
    const { server } = await readDataDirectory(home.dataDirectory);
    process.kill(server!.pid, 'SIGKILL');
    const origin = new URL(gateway.mcpUrl).origin;
    let ready = await fetch(`${origin}/readyz`);
    for (let look = 0; look < 300 && ready.status !== 200; look += 1) {
      await sleep(500);
      ready = await fetch(`${origin}/readyz`);
    }
    expect(ready.status).toBe(200);
    const ended = await awaitEnd(client, started.task_ref);
    expect(ended.json.status).toBe('completed');
    await gateway.stop();
  },
  LIMIT_MS,
);

test(
  'a taken port is one sentence, exit code 1 and nothing left running',
  async () => {
    await using home = await createHome();
    await using gateway = await startDev(home);
    await using other = await createHome();
    const { port } = new URL(gateway.mcpUrl);
    const { exitCode, stderr } = await other.run(['dev', '--port', port]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain(`port ${port} on 127.0.0.1 is taken`);
    expect(stderr).not.toContain('    at ');
    expect((await readDataDirectory(other.dataDirectory)).running).toBe(false);
    await gateway.stop();
  },
  LIMIT_MS,
);
