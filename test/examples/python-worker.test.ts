// The Python worker of the examples as a person runs it, in a virtual environment with the versions that it names, and an MCP client
// that knows nothing of Temporal. Both are killed while an order waits. `node tools/python.js` says what is missing where this is
// skipped.
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { freePort } from '../../src/local/ports.ts';
import { openMcpCaller, type McpCaller, type PairAnswer } from '../support/clients/mcp-caller.ts';
import { createKeyText } from '../../src/encryption/index.ts';
import { bareEnvironment, createHome, type Home } from '../support/processes/home.ts';
import { startLonghaul, type Longhaul } from '../support/processes/longhaul.ts';

const LIMIT_MS = 300_000;
const at = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

const python = execFileSync(process.execPath, [at('tools/python.js'), '--prepared'], {
  encoding: 'utf8',
})
  .split('\n')
  .find((line) => line.startsWith('python-worker '))
  ?.slice('python-worker '.length);

/** A folder with the configuration of the example, and the ports of what runs in it. */
interface Place extends AsyncDisposable {
  readonly home: Home;
  readonly ports: readonly string[];
}

let place: Place;
let gateway: Longhaul;
let worker: ChildProcess;

async function createPlace(more = ''): Promise<Place> {
  const home = await createHome();
  const example = await readFile(at('examples/python-worker/longhaul.config.yaml'), 'utf8');
  // A worker that was killed is missed sooner than a person would need it.
  const hasty = example.replace(
    '    progress:',
    '    policy: { heartbeatTimeoutSeconds: 1 }\n    progress:',
  );
  await writeFile(join(home.path, 'longhaul.config.yaml'), `${hasty}${more}`);
  const ports = [String(await freePort()), String(await freePort())];
  return { home, ports, [Symbol.asyncDispose]: async () => home[Symbol.asyncDispose]() };
}

async function startGateway(
  { home, ports: [port = '', temporalPort = ''] }: Place,
  env: Readonly<Record<string, string>> = {},
): Promise<Longhaul> {
  return startLonghaul(
    'dev',
    [
      ...['--port', port, '--temporal-port', temporalPort],
      ...['--config', join(home.path, 'longhaul.config.yaml'), '--data-dir', home.dataDirectory],
    ],
    { cwd: home.path, env },
  );
}

async function startWorker(
  { ports: [, temporalPort] }: Place,
  env: Readonly<Record<string, string>> = {},
  stderr: 'inherit' | 'ignore' = 'inherit',
): Promise<ChildProcess> {
  const child = spawn(python ?? '', [at('examples/python-worker/worker.py')], {
    env: bareEnvironment({ TEMPORAL_ADDRESS: `127.0.0.1:${temporalPort}`, ...env }),
    stdio: ['ignore', 'pipe', stderr],
  });
  const exited = once(child, 'exit').then(() => {
    throw new Error('the Python worker did not start');
  });
  await Promise.race([once(child.stdout, 'data'), exited]);
  exited.catch(() => undefined); // it is killed later
  return child;
}

beforeAll(async () => {
  if (python === undefined) return;
  place = await createPlace();
  gateway = await startGateway(place);
  worker = await startWorker(place);
}, LIMIT_MS);

afterAll(async () => {
  if (python === undefined) return;
  worker.kill('SIGKILL');
  await gateway.stop();
  await place[Symbol.asyncDispose]();
}, LIMIT_MS);

async function until(
  caller: McpCaller,
  { task_ref }: PairAnswer,
  isThere: (
    answer: PairAnswer & { readonly result?: unknown; readonly progress?: unknown },
  ) => boolean,
) {
  for (;;) {
    const answer = await caller.call('resolve_task_status', { task_ref, wait_seconds: 2 });
    if (isThere(answer)) return answer;
  }
}

const WITH_TASKS = { extensions: { 'io.modelcontextprotocol/tasks': {} } };

const initiate = async (caller: McpCaller, operation_type: string, parameters: object) =>
  caller.call('initiate_background_task', { operation_type, parameters });

async function runOrder(): Promise<void> {
  const caller = openMcpCaller(gateway.mcpUrl, 2);
  const order = await initiate(caller, 'process_order', { order_id: '2026-17' });
  const asking = await until(caller, order, ({ status }) => status === 'input_required');
  expect(asking).toMatchObject({
    input_requests: { approval: { message: 'Approve the order?' } },
  });
  worker.kill('SIGKILL');
  await gateway.kill();
  await caller[Symbol.asyncDispose]();
  gateway = await startGateway(place);
  worker = await startWorker(place);
  await using next = openMcpCaller(gateway.mcpUrl, 2);
  await until(next, order, ({ status }) => status === 'input_required');
  // The same question, where a client knows tasks of the protocol.
  const taskId = order.task_ref;
  const asks = { status: 'input_required', inputRequests: { approval: {} } };
  expect(await next.request('tasks/get', { taskId }, WITH_TASKS)).toMatchObject(asks);
  await next.call('provide_task_input', {
    task_ref: order.task_ref,
    responses: { approval: { action: 'accept', content: { approved: true } } },
  });
  const packing = await until(next, order, ({ status }) => status !== 'input_required');
  expect(['processing', 'completed']).toContain(packing.status);
  expect(await until(next, order, ({ done }) => done === true)).toMatchObject({
    status: 'completed',
    result: { order: '2026-17', state: 'shipped' },
  });
  const shown = await place.home.run(['tasks', 'show', order.task_ref]);
  expect(shown.stdout).toContain('order-2026-17');
  const proposed = await place.home.run(['import', 'workflows']);
  expect(proposed.stdout).toMatch(/type: ProcessOrder/);
  expect(proposed.stdout).not.toContain('2026-17');
  const withSamples = await place.home.run(['import', 'workflows', '--samples']);
  expect(withSamples.stdout).toContain('2026-17');
  const checked = await place.home.run(['doctor']);
  expect(checked.stdout).toMatch(/^✓ operation process_order +\d+ pollers on orders of default$/m);
  expect(checked.stdout).toMatch(/^✓ operation transcribe +\d+ pollers on gpu of default$/m);
}

async function runTranscription(): Promise<void> {
  await using caller = openMcpCaller(gateway.mcpUrl, 2);
  const task = await initiate(caller, 'transcribe', { url: 'a.wav' });
  expect(await until(caller, task, ({ done }) => done === true)).toMatchObject({
    status: 'completed',
    result: 'what is said in a.wav',
  });
}

async function runSealed(): Promise<void> {
  const [key, nameKey] = [createKeyText(), createKeyText()];
  const env = { KEY: key, NAME_KEY: nameKey };
  await using sealed = await createPlace(
    'encryption: { keys: [{ id: one, key: env:KEY }], nameKey: env:NAME_KEY }\n',
  );
  await using there = await startGateway(sealed, env);
  await using caller = openMcpCaller(there.mcpUrl, 2);
  const keyless = await startWorker(sealed, {}, 'ignore'); // its failure is what is wanted
  const transcribe = async () => {
    const task = await initiate(caller, 'transcribe', { url: 'b.wav' });
    return until(caller, task, ({ done }) => done === true);
  };
  expect(await transcribe()).toMatchObject({
    status: 'failed',
    error: {
      message: expect.stringMatching(/its worker needs a codec with the keys of Longhaul$/),
    },
  });
  keyless.kill('SIGKILL');
  const keyed = await startWorker(sealed, { LONGHAUL_KEYS: JSON.stringify({ one: key }) });
  expect(await transcribe()).toMatchObject({ result: 'what is said in b.wav' });
  const order = await initiate(caller, 'process_order', { order_id: '2026-18' });
  await until(caller, order, ({ status }) => status === 'input_required');
  await caller.call('provide_task_input', {
    task_ref: order.task_ref,
    responses: { approval: { action: 'accept', content: { approved: false } } },
  });
  expect(await until(caller, order, ({ done }) => done === true)).toMatchObject({
    result: { order: '2026-18', state: 'refused' },
  });
  keyed.kill('SIGKILL');
  await there.stop();
}

const testWithPython = python === undefined ? test.skip : test;

testWithPython(
  'an order in Python asks for approval, and survives kill -9 of its worker and of the gateway',
  runOrder,
  LIMIT_MS,
);
testWithPython('an activity in Python is an operation', runTranscription, LIMIT_MS);
testWithPython(
  'with encryption on, its codec reads what Longhaul writes, and a worker without it is told of',
  runSealed,
  LIMIT_MS,
);
