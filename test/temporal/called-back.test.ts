// Jobs whose upstream calls back, on a real server: the address goes out with the submit, and what comes to it over HTTP ends the job.
import { createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { loadConfig } from '../../src/config/load/load.ts';
import type { Json } from '../../src/contract/json.ts';
import { parseTaskRef } from '../../src/contract/task-ref.ts';
import type { TaskState } from '../../src/contract/task.ts';
import { batch } from '../../src/operations/builtin/batch.ts';
import { defineHttpJob } from '../../src/operations/kinds/http-job/job.ts';
import { createRegistry } from '../../src/operations/registry.ts';
import type { RunningWorker } from '../../src/temporal/worker/worker.ts';
import { createWorkspace } from '../support/files/workspace.ts';
import { startGateway, type Running } from '../support/gateways/http-gateway.ts';
import { startFakeUpstream, type FakeUpstream } from '../support/peers/upstream.ts';
import {
  openTestGateway,
  startTestWorker,
  type TestGateway,
} from '../support/temporal/gateway-and-worker.ts';
import { startTestTemporal, type TestTemporal } from '../support/temporal/server.ts';

const me = { principal: 'local' };
const LIMIT_MS = 120_000;
const SECRET = 'a secret of the upstream';

/** Polls so seldom that only a callback can end a job in time. */
const SELDOM = { initialIntervalMs: 3_600_000, maxIntervalMs: 3_600_000 };

let upstream: FakeUpstream;
let temporal: TestTemporal;
let gateway: TestGateway;
let http: Running;
let worker: RunningWorker;
/** Whether the upstream's jobs are done, as a poll sees it. */
const done = new Set<string>();
/** What the upstream does before it answers a submit. */
const early = new Map<string, (url: string) => Promise<unknown>>();

beforeAll(async () => {
  upstream = await startFakeUpstream(async ({ path, json }) => {
    const name = path.split('/')[1] ?? '';
    if (path.endsWith('/poll')) return { body: { status: done.has(name) ? 'done' : 'running' } };
    await early.get(name)?.((json as { callback_url: string }).callback_url);
    return { body: { message: 'Workflow was started' } };
  });
  temporal = await startTestTemporal();
  const example = await readN8n();
  const registry = createRegistry([example, batch, ...declared()]);
  gateway = await openTestGateway(temporal.address, registry, {
    callbackBase: () => new URL(http.url).origin,
  });
  http = await startGateway({ takeCallback: gateway.tasks.takeCallback });
  worker = await startTestWorker(gateway, registry, { secret: async () => SECRET });
  restart = async () => startTestWorker(gateway, registry, { secret: async () => SECRET });
}, LIMIT_MS);

let restart: () => Promise<RunningWorker>;

afterAll(async () => {
  await worker.stop();
  await http[Symbol.asyncDispose]();
  await gateway[Symbol.asyncDispose]();
  await temporal[Symbol.asyncDispose]();
  await upstream[Symbol.asyncDispose]();
});

async function readN8n() {
  const file = new URL('../../examples/services/n8n.yaml', import.meta.url);
  const written = await readFile(file, 'utf8');
  const content = written.replace('https://n8n.example.com', `${upstream.url}/n8n`);
  await using workspace = await createWorkspace({ 'longhaul.config.yaml': content });
  const { operations } = await loadConfig({ workingDirectory: workspace.directory, env: {} });
  return operations.find(({ name }) => name === 'n8n_report')!;
}

function declared() {
  const common = {
    kind: 'http_job',
    description: 'A job.',
    input: { properties: { scenario: { type: 'string' } }, required: ['scenario'] },
    submit: { url: `${upstream.url}/{scenario}/submit`, body: { callback_url: '{callback_url}' } },
    policy: { totalTimeoutSeconds: 100 },
  } as const;
  const poll = {
    url: `${upstream.url}/{scenario}/poll`,
    status: '/status',
    done: ['done'],
    ...SELDOM,
  };
  const handle = { ...common.submit, handle: '/message' };
  return [
    defineHttpJob('called', {
      ...common,
      callback: { status: '/state', done: ['ok'], failed: ['bad'], result: '/answer' },
    }),
    defineHttpJob('looked_at', { ...common, submit: handle, poll, callback: {} }),
    defineHttpJob('signed', {
      ...common,
      callback: {
        verify: { type: 'hmac', header: 'X-Signature', secret: 'env:SECRET', prefix: 'sha256=' },
      },
    }),
    defineHttpJob('brief', { ...common, policy: { totalTimeoutSeconds: 3 }, callback: {} }),
  ];
}

async function start(operation: string, parameters: Json): Promise<string> {
  const { task } = await gateway.tasks.start(me, { operation, parameters });
  return task.taskRef;
}

async function end(taskRef: string): Promise<TaskState> {
  return (await gateway.tasks.wait(me, taskRef, LIMIT_MS)).state;
}

/** The address that a submit of the scenario brought. */
async function addressOf(scenario: string): Promise<string> {
  for (;;) {
    const submit = upstream.requests.find(({ path }) => path.startsWith(`/${scenario}/`));
    if (submit) return (submit.json as { callback_url: string }).callback_url;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function call(url: string, body: Json, headers: Record<string, string> = {}) {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  return answer.status;
}

describe('a job whose upstream calls back', () => {
  test('and has nothing to poll ends with what the callback brings', async () => {
    const task = await start('n8n_report', { month: '2026-05' });
    expect(await call(await addressOf('n8n'), { report: 'done' })).toBe(202);
    expect(await end(task)).toMatchObject({ status: 'completed', result: { report: 'done' } });
  });

  test('before the submit is answered loses nothing', async () => {
    early.set('early', async (url) => call(url, { state: 'ok', answer: 42 }));
    const task = await start('called', { scenario: 'early' });
    expect(await end(task)).toMatchObject({ status: 'completed', result: 42 });
  });

  test('while no worker is there is taken all the same', async () => {
    const task = await start('called', { scenario: 'alone' });
    const url = await addressOf('alone');
    await waitForPolls(task);
    await worker.stop();
    expect(await call(url, { state: 'ok', answer: 7 })).toBe(202);
    worker = await restart();
    expect(await end(task)).toMatchObject({ status: 'completed', result: 7 });
  });

  test('with a failure fails in its words; what says neither is passed over', async () => {
    const task = await start('called', { scenario: 'fails' });
    const url = await addressOf('fails');
    expect(await call(url, { state: 'half way' })).toBe(202);
    expect(await call(url, 'no object')).toBe(202);
    expect(await call(url, { state: 'bad', why: 'out of paper' })).toBe(202);
    const state = await end(task);
    expect(state).toMatchObject({ status: 'failed', error: { code: 'UPSTREAM_REJECTED' } });
    expect(JSON.stringify(state)).toContain('out of paper');
  });

  test('is polled when it says so, and believed only then', async () => {
    const task = await start('looked_at', { scenario: 'looks' });
    const url = await addressOf('looks');
    await waitForPolls(task);
    expect(await call(url, { status: 'done' })).toBe(202);
    await until(() => polls('looks') >= 2);
    done.add('looks');
    expect(await call(url, {})).toBe(202);
    expect(await end(task)).toMatchObject({ status: 'completed', result: { status: 'done' } });
    expect(polls('looks')).toBe(3);
  });

  test('is believed with a signature of its body alone', async () => {
    const task = await start('signed', { scenario: 'signs' });
    const url = await addressOf('signs');
    const body = { paid: true };
    const sign = (secret: string) =>
      `sha256=${createHmac('sha256', secret).update(JSON.stringify(body)).digest('hex')}`;
    expect(await call(url, body)).toBe(202);
    expect(await call(url, body, { 'x-signature': sign('another') })).toBe(202);
    expect(await call(url, body, { 'x-signature': sign(SECRET), authorization: 'Bearer x' })).toBe(
      202,
    );
    expect(await end(task)).toMatchObject({ status: 'completed', result: body });
    const { keyPart = '' } = parseTaskRef(task) ?? {};
    const execution = gateway.connected.client.workflow.getHandle(`local:${keyPart}`);
    const history = JSON.stringify(await execution.fetchHistory());
    expect(toText(history)).toContain('x-signature');
    expect(toText(history)).not.toContain('Bearer x');
  });

  test('and never does ends when its time is up', async () => {
    const task = await start('brief', { scenario: 'silent' });
    expect(await end(task)).toMatchObject({
      status: 'failed',
      error: { code: 'DEADLINE_EXCEEDED', message: expect.stringContaining('may go on upstream') },
    });
    expect(await call(await addressOf('silent'), {})).toBe(410);
  });

  test('of an address that is none is told so', async () => {
    const { origin } = new URL(http.url);
    expect(await call(`${origin}/callbacks/${'x'.repeat(80)}`, {})).toBe(404);
    expect(await call(`${origin}/callbacks/`, {})).toBe(404);
    expect((await fetch(`${origin}/callbacks/x`)).status).toBe(405);
  });

  test('is one for each item of a batch', async () => {
    const items = ['one', 'two'].map((scenario) => ({ parameters: { scenario } }));
    const task = await start('batch', { operation: 'called', items });
    const [one, two] = [await addressOf('one'), await addressOf('two')];
    expect(one).not.toBe(two);
    for (const url of [one, two]) expect(await call(url, { state: 'ok', answer: 1 })).toBe(202);
    expect(await end(task)).toMatchObject({ status: 'completed', result: { done: 2, failed: 0 } });
  });
});

/** The payloads of a history, decoded. */
function toText(history: string): string {
  return history.replaceAll(/"data":"([^"]*)"/g, (_, data: string) =>
    Buffer.from(data, 'base64').toString(),
  );
}

function polls(scenario: string): number {
  return upstream.requests.filter(({ path }) => path === `/${scenario}/poll`).length;
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 50));
}

/** Until the job waits between two polls. */
async function waitForPolls(taskRef: string): Promise<void> {
  for (;;) {
    const { state } = await gateway.tasks.read(me, taskRef);
    if (state.status === 'processing' && state.progress?.message) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
