// Keys from the configuration to the history, with the product as it is installed: a gateway and worker with one key, another
// with a second key in front of it, one without the first, and the codec server.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createKeyText } from '../../src/encryption/index.ts';
import { parseTaskRef } from '../../src/contract/task-ref.ts';
import { SEARCH_ATTRIBUTES } from '../../src/temporal/calls/search-attributes.ts';
import { bareEnvironment, CLI, createHome, type Home } from '../support/processes/home.ts';
import { startLonghaul, type Longhaul } from '../support/processes/longhaul.ts';
import { openMcpCaller, type McpCaller } from '../support/clients/mcp-caller.ts';
import { openTestGateway, type TestGateway } from '../support/temporal/gateway-and-worker.ts';
import { createTestOperations } from '../support/operations/test-operations.ts';
import { holds } from '../encryption/keys.ts';
import { startTestTemporal, type TestTemporal } from '../support/temporal/server.ts';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import proto from '@temporalio/proto';

const MARK = 'secret-mark-77ab019d3c';
const SECRETS = { FIRST: createKeyText(), SECOND: createKeyText(), NAMES: createKeyText() };

/** A configuration with these keys, the first of which encrypts. */
const toConfig = (...keys: string[]): string => `
import { defineConfig, defineOperation } from 'longhaul';
import * as z from 'zod';

export default defineConfig({
  encryption: {
    keys: [${keys.map((key) => `{ id: '${key.toLowerCase()}', key: 'env:${key}' }`).join(', ')}],
    nameKey: '\${env:NAMES}',
    codecPort: 0,
  },
  operations: [
    defineOperation({
      name: 'crash',
      description: 'for tests',
      input: z.strictObject({ mark: z.string() }),
      run: ({ mark }) => { throw new TypeError('cannot read ' + mark); },
    }),
  ],
});
`;

let temporal: TestTemporal;
let raw: TestGateway;
let home: Home;

beforeAll(async () => {
  temporal = await startTestTemporal(SEARCH_ATTRIBUTES);
  raw = await openTestGateway(temporal.address, createTestOperations().registry);
  home = await createHome();
});

afterAll(async () => {
  await home[Symbol.asyncDispose]();
  await raw[Symbol.asyncDispose]();
  await temporal[Symbol.asyncDispose]();
});

async function start(...keys: string[]): Promise<Longhaul> {
  await writeFile(join(home.path, 'longhaul.config.ts'), toConfig(...keys));
  return startLonghaul('dev', ['--port', '0'], {
    cwd: home.path,
    env: { ...SECRETS, TEMPORAL_ADDRESS: temporal.address },
  });
}

const initiate = async (caller: McpCaller, operation: string, parameters: object, key: string) =>
  caller.call('initiate_background_task', {
    operation_type: operation,
    parameters,
    idempotency_key: `${MARK}-${key}`,
    wait_seconds: 25,
  });

async function readHistory(taskRef: string): Promise<Buffer> {
  const { keyPart, runId } = parseTaskRef(taskRef)!;
  const { connection, namespace } = raw.connected;
  const history = await connection.workflowService.getWorkflowExecutionHistory({
    namespace,
    execution: { workflowId: `local:${keyPart}`, runId },
  });
  const { GetWorkflowExecutionHistoryResponse } = proto.temporal.api.workflowservice.v1;
  return Buffer.from(GetWorkflowExecutionHistoryResponse.encode(history).finish());
}

test('keys are replaced while tasks go on, and no history shows what they carry', async () => {
  const question = { question: `Pay ${MARK}?` };
  let crashed: string;
  let asking: string;
  {
    await using first = await start('FIRST');
    await using caller = openMcpCaller(first.mcpUrl, 1);
    const failed = await initiate(caller, 'crash', { mark: MARK }, 'crash');
    expect(failed.error).toMatchObject({ code: 'INTERNAL', message: `cannot read ${MARK}` });
    const asked = await initiate(caller, 'approval', question, 'approval');
    expect(asked.status).toBe('input_required');
    crashed = failed.task_ref;
    asking = asked.task_ref;
    await first.stop();
    expect(first.log()).not.toContain('local:'); // a principal stands in no line, not even in those of the SDK
  }
  const history = await readHistory(crashed);
  expect(holds(history, MARK)).toBe(false);
  expect(history.includes('Encoded failure')).toBe(true);
  expect(history.includes('first')).toBe(true);
  {
    await using second = await start('SECOND', 'FIRST');
    await using caller = openMcpCaller(second.mcpUrl, 1);
    const old = await caller.call('resolve_task_status', { task_ref: crashed });
    expect(old.error).toMatchObject({ message: `cannot read ${MARK}` });
    const again = await initiate(caller, 'crash', { mark: MARK }, 'crash');
    expect(again.task_ref).toBe(crashed);
    await caller.call('provide_task_input', {
      task_ref: asking,
      responses: { decision: { action: 'accept', content: { approve: true, comment: MARK } } },
    });
    const wait = { task_ref: asking, wait_seconds: 25 };
    let approved = await caller.call('resolve_task_status', wait);
    while (approved.done !== true) approved = await caller.call('resolve_task_status', wait);
    expect(approved.status).toBe('completed');
    const fresh = await initiate(caller, 'crash', { mark: MARK }, 'crash-2');
    const freshHistory = await readHistory(fresh.task_ref);
    expect(holds(freshHistory, MARK)).toBe(false);
    expect(freshHistory.includes('second')).toBe(true);
    expect(freshHistory.includes('first')).toBe(false);
    await second.stop();
  }
  await using late = await start('SECOND');
  await using caller = openMcpCaller(late.mcpUrl, 1);
  await expect(caller.call('resolve_task_status', { task_ref: crashed })).rejects.toThrow(
    'encrypted with the key \\\\\\"first\\\\\\", which is not among the keys here (second)',
  );
});

test('the codec server says where it is, and asks for a token', async () => {
  await writeFile(join(home.path, 'longhaul.config.ts'), toConfig('SECOND'));
  await home.run(['token', 'add', 'operator', '--scope', 'payloads:decode'], SECRETS);
  const child = spawn(process.execPath, [CLI, 'codec', '--json'], {
    cwd: home.path,
    env: bareEnvironment(SECRETS),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
    const { codec_url: url } = JSON.parse(line) as { codec_url: string };
    const answer = await fetch(`${url}/decode`, { method: 'POST', body: '{"payloads":[]}' });
    expect(answer.status).toBe(401);
  } finally {
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
});

test('the Temporal UI of dev is told where to decrypt, and its pages alone may ask there', async () => {
  await writeFile(join(home.path, 'longhaul.config.ts'), toConfig('SECOND'));
  await using dev = await startLonghaul('dev', ['--port', '0'], { cwd: home.path, env: SECRETS });
  const settings = await fetch(`${dev.uiUrl}/api/v1/settings`);
  const { Codec } = (await settings.json()) as { Codec: { Endpoint: string } };
  const ask = async (origin: string) => {
    const headers = { origin, 'content-type': 'application/json' };
    const body = '{"payloads":[]}';
    return (await fetch(`${Codec.Endpoint}/decode`, { method: 'POST', headers, body })).status;
  };
  expect(await ask(dev.uiUrl)).toBe(200);
  expect(await ask('http://127.0.0.1:3000')).toBe(403);
  await dev.stop();
});
