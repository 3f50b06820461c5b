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

let home: Home;
let gateway: Longhaul;
let worker: ChildProcess;
let ports: readonly string[];

async function startGateway(): Promise<Longhaul> {
  const [port = '', temporalPort = ''] = ports;
  return startLonghaul(
    'dev',
    [
      ...['--port', port, '--temporal-port', temporalPort],
      ...['--config', join(home.path, 'longhaul.config.yaml'), '--data-dir', home.dataDirectory],
    ],
    { cwd: home.path },
  );
}

async function startWorker(): Promise<ChildProcess> {
  const child = spawn(python ?? '', [at('examples/python-worker/worker.py')], {
    env: bareEnvironment({ TEMPORAL_ADDRESS: `127.0.0.1:${ports[1]}` }),
    stdio: ['ignore', 'pipe', 'inherit'],
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
  home = await createHome();
  ports = [String(await freePort()), String(await freePort())];
  const example = await readFile(at('examples/python-worker/longhaul.config.yaml'), 'utf8');
  // A worker that was killed is missed sooner than a person would need it.
  const hasty = example.replace(
    '    progress:',
    '    policy: { heartbeatTimeoutSeconds: 1 }\n    progress:',
  );
  await writeFile(join(home.path, 'longhaul.config.yaml'), hasty);
  gateway = await startGateway();
  worker = await startWorker();
}, LIMIT_MS);

afterAll(async () => {
  if (python === undefined) return;
  worker.kill('SIGKILL');
  await gateway.stop();
  await home[Symbol.asyncDispose]();
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
  gateway = await startGateway();
  worker = await startWorker();
  await using next = openMcpCaller(gateway.mcpUrl, 2);
  await until(next, order, ({ status }) => status === 'input_required');
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
  const shown = await home.run(['tasks', 'show', order.task_ref]);
  expect(shown.stdout).toContain('order-2026-17');
  const checked = await home.run(['doctor']);
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

const testWithPython = python === undefined ? test.skip : test;

testWithPython(
  'an order in Python asks for approval, and survives kill -9 of its worker and of the gateway',
  runOrder,
  LIMIT_MS,
);
testWithPython('an activity in Python is an operation', runTranscription, LIMIT_MS);
