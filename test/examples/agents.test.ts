// The agents of examples/agents as a person runs them: processes of their own, with operations of a minute, against the built
// gateway, which is killed while they wait.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { freePort } from '../../src/local/ports.ts';
import { listTasks, runAgent, whenProcessing } from '../support/processes/agent.ts';
import { createHome, type Home } from '../support/processes/home.ts';
import { startLonghaul } from '../support/processes/longhaul.ts';

const startDev = (home: Home, port: string) =>
  startLonghaul('dev', ['--port', port, '--data-dir', home.dataDirectory], { cwd: home.path });

const run = (file: string, url: string, ...args: readonly string[]): Promise<string> => {
  const path = fileURLToPath(new URL(`../../examples/agents/${file}`, import.meta.url));
  return runAgent(process.execPath, [path, ...args], { LONGHAUL_URL: url });
};

/** Without an argument each takes a minute. */
const AGENTS = ['plain.ts', 'langgraph.ts', 'strands.ts', 'ai-sdk.ts'];
/** Those that stop, and go on in another process. */
const DURABLE = ['langgraph-durable.ts', 'strands-durable.ts'];

test('every agent lives through kill -9 of its gateway in the middle of a minute, with one turn for the call', async () => {
  await using home = await createHome();
  const gateway = await startDev(home, String(await freePort()));
  const agents = AGENTS.map((file) => run(file, gateway.mcpUrl));
  const stored = DURABLE.map((file) => [file, join(home.path, `${file}.stored`)] as const);
  const interrupted = await Promise.all(
    stored.map(([file, path]) => run(file, gateway.mcpUrl, 'start', path)),
  );
  for (const output of interrupted) expect(output).toContain('is interrupted, the task runs on.');
  await whenProcessing(gateway.mcpUrl, AGENTS.length + DURABLE.length, agents);
  await gateway.kill();

  await using next = await startDev(home, new URL(gateway.mcpUrl).port);
  const resumed = stored.map(([file, path]) => run(file, next.mcpUrl, 'resume', path));
  const outputs = await Promise.all(agents);
  for (const output of [...outputs, ...(await Promise.all(resumed))]) {
    expect(output).toContain('It is done: ');
    expect(output).toMatch(/processed\W+20\W+seconds\W+60/);
  }
  const turns = outputs.slice(1).map((output) => /Turns of the model: (\d+)/.exec(output)?.[1]);
  expect(turns).toEqual(['2', '2', '2']);
  const statuses = (await listTasks(next.mcpUrl)).map(({ status }) => status);
  expect(statuses).toEqual([...AGENTS, ...DURABLE].map(() => 'completed'));
  await next.stop();
}, 400_000);
