// A namespace in which Longhaul may do nothing: whoever asks for something there gets one sentence with the way out.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openMcpCaller } from '../support/clients/mcp-caller.ts';
import { startGuardedTemporal, type GuardedTemporal } from '../support/peers/guarded-temporal.ts';
import { createHome, type Home } from '../support/processes/home.ts';
import { startLonghaul } from '../support/processes/longhaul.ts';
import { startTestTemporal, type TestTemporal } from '../support/temporal/server.ts';

const LIMIT_MS = 240_000;

const WAY_OUT = 'Request unauthorized; its API key or certificate needs the right to write there';

const CONFIGURATION = `
operations:
  process_order:
    kind: workflow
    description: Processes an order.
    input: { type: object, properties: {} }
    workflow: { type: ProcessOrder, taskQueue: orders, namespace: vault, id: order-17 }
  transcribe:
    kind: activity
    description: Transcribes a recording.
    input: { type: object, properties: {} }
    activity: { type: transcribe, taskQueue: gpu }
`;

let home: Home;
let temporal: TestTemporal;
let guard: GuardedTemporal;
let file: string;
let env: Readonly<Record<string, string>>;

beforeAll(async () => {
  home = await createHome();
  temporal = await startTestTemporal();
  guard = await startGuardedTemporal(temporal.address);
  file = join(home.path, 'longhaul.config.yaml');
  await writeFile(file, CONFIGURATION);
  env = { TEMPORAL_ADDRESS: guard.address };
}, LIMIT_MS);

afterAll(async () => {
  await guard[Symbol.asyncDispose]();
  await temporal[Symbol.asyncDispose]();
  await home[Symbol.asyncDispose]();
}, LIMIT_MS);

const start = (operation_type: string) => ({ operation_type, parameters: {}, wait_seconds: 25 });

test(
  'an MCP client is told of it',
  async () => {
    guard.forbid('vault');
    await using gateway = await startLonghaul('dev', ['--config', file, '--port', '0'], {
      cwd: home.path,
      env,
    });
    await using caller = openMcpCaller(gateway.mcpUrl, 1);
    expect(await caller.call('initiate_background_task', start('process_order'))).toMatchObject({
      status: 'failed',
      error: {
        code: 'UPSTREAM_REJECTED',
        message: `Temporal does not let Longhaul start the workflow order-17 (ProcessOrder) in the namespace vault: ${WAY_OUT}`,
      },
    });
    expect(guard.refused).toEqual(['StartWorkflowExecution']);
    // An activity of others runs in the namespace of Longhaul itself.
    guard.forbid('default');
    await expect(caller.call('initiate_background_task', start('transcribe'))).rejects.toThrow(
      `Temporal does not let Longhaul start a task in its namespace: ${WAY_OUT}`,
    );
    guard.forbid('');
    await gateway.stop();
  },
  LIMIT_MS,
);

test(
  'so is whoever asks for a check or an import, or starts Longhaul',
  async () => {
    guard.forbid('vault');
    const checked = await home.run(['doctor', '--config', file], env);
    expect(checked.stdout).toContain(
      `Temporal does not let Longhaul say who polls the task queue orders in the namespace vault: ${WAY_OUT}`,
    );
    const imported = await home.run(['import', 'workflows', '--namespace', 'vault'], env);
    expect(imported.exitCode).not.toBe(0);
    expect(imported.stderr).toContain(
      `Temporal does not let Longhaul list workflows in the namespace vault: ${WAY_OUT}`,
    );
    guard.forbid('default');
    for (const command of ['worker', 'doctor']) {
      const refused = await home.run([command, '--config', file], env);
      expect(refused.exitCode).not.toBe(0);
      expect(`${refused.stdout}${refused.stderr}`).toContain(
        `Temporal at ${guard.address} answers, but namespace default cannot be used: ${WAY_OUT}`,
      );
    }
  },
  LIMIT_MS,
);
