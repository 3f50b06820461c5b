// Workflows that run already, as operations: what `longhaul import workflows` prints is a configuration, and an operation of it runs.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Client } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { installRuntime } from '../../src/temporal/connection/runtime.ts';
import { openMcpCaller } from '../support/clients/mcp-caller.ts';
import { createHome, type Home } from '../support/processes/home.ts';
import { startLonghaul } from '../support/processes/longhaul.ts';
import { bundleWorkflows } from '../support/runner/workflow-bundle.ts';
import { startTestTemporal, type TestTemporal } from '../support/temporal/server.ts';

const LIMIT_MS = 240_000;

let home: Home;
let temporal: TestTemporal;
let connection: NativeConnection;
let worker: Worker;
let ended: Promise<void>;

beforeAll(async () => {
  installRuntime(() => undefined);
  home = await createHome();
  temporal = await startTestTemporal();
  connection = await NativeConnection.connect({ address: temporal.address });
  worker = await Worker.create({
    connection,
    taskQueue: 'orders',
    workflowBundle: await bundleWorkflows('test/temporal/follow/orders.ts'),
  });
  ended = worker.run();
}, LIMIT_MS);

afterAll(async () => {
  worker.shutdown();
  await ended;
  await connection.close();
  await temporal[Symbol.asyncDispose]();
  await home[Symbol.asyncDispose]();
}, LIMIT_MS);

test(
  'a workflow type with a schema of a file is an operation that runs',
  async () => {
    const env = { TEMPORAL_ADDRESS: temporal.address };
    const schemas = join(home.path, 'schemas.json');
    const schema = {
      type: 'object',
      properties: { ms: { type: 'integer' }, text: { type: 'string', description: 'Comes back.' } },
      required: ['ms', 'text'],
    };
    await writeFile(schemas, JSON.stringify({ waitFor: schema, Unseen: { type: 'object' } }));
    await new Client({ connection }).workflow.execute('waitFor', {
      workflowId: 'before',
      taskQueue: 'orders',
      args: [1, 'a secret'],
    });
    const propose = async () => home.run(['import', 'workflows', '--from', schemas], env);
    let proposed = await propose();
    // Visibility follows a moment later.
    while (!proposed.stdout.includes('waitFor')) proposed = await propose();
    expect(proposed.stdout).toContain('the input schema is as given');
    expect(proposed.stdout).toContain('No execution of Unseen was found');
    expect(proposed.stdout).not.toContain('a secret');
    const file = join(home.path, 'longhaul.config.yaml');
    await writeFile(file, proposed.stdout);
    await using gateway = await startLonghaul('dev', ['--config', file, '--port', '0'], {
      cwd: home.path,
      env,
    });
    await using caller = openMcpCaller(gateway.mcpUrl, 1);
    const answer = await caller.call('initiate_background_task', {
      operation_type: 'wait_for',
      parameters: { ms: 1, text: 'shipped' },
      wait_seconds: 25,
    });
    expect(answer).toMatchObject({ status: 'completed', result: 'shipped' });
    await gateway.stop();
  },
  LIMIT_MS,
);

test('a file that has no schemas is refused in one sentence', async () => {
  const file = join(home.path, 'wrong.json');
  await writeFile(file, '{"waitFor": "string"}');
  const refused = await home.run(['import', 'workflows', '--from', file]);
  expect(refused.exitCode).not.toBe(0);
  expect(refused.stderr).toMatch(
    /--from .*wrong\.json: expected an object that has, by workflow type/,
  );
});
