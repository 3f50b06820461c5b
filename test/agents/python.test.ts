// The Python agents of docs/agents as a person runs them, in virtual environments with the versions that they name, with a
// scripted model behind the API that they speak. The gateway is killed while those wait that can live through it. `node
// tools/python.js` says what an example lacks that is skipped.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { freePort } from '../../src/local/ports.ts';
import { listTasks, runAgent, whenProcessing } from '../support/processes/agent.ts';
import { createHome } from '../support/processes/home.ts';
import { startLonghaul } from '../support/processes/longhaul.ts';
import { startOpenAiModel } from './openai-model.ts';

const LIMIT_MS = 400_000;
const SECONDS = 15;
const NAMES = ['langgraph', 'openai', 'strands'];
/** A lost connection ends its session, and with it the call. */
const FRAGILE = ['strands'];
const at = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** What came of an agent. */
interface Run {
  readonly output: string;
  readonly turns: number;
  readonly read: readonly string[];
}

const prepared = new Map(
  execFileSync(process.execPath, [at('tools/python.js'), '--prepared'], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split(' ') as [string, string])
    .filter(([name]) => NAMES.includes(name)),
);
const runs = new Map<string, Run>();
let statuses: readonly string[] = [];

beforeAll(async () => {
  if (prepared.size === 0) return;
  await using home = await createHome();
  const start = (port: string) =>
    startLonghaul('dev', ['--port', port, '--data-dir', home.dataDirectory], { cwd: home.path });
  const gateway = await start(String(await freePort()));
  const run = async (name: string, url: string): Promise<void> => {
    await using model = await startOpenAiModel('simulated_batch', { items: 20, seconds: SECONDS });
    const python = prepared.get(name)!;
    const output = await runAgent(python, [at(`docs/agents/${name}/agent.py`), String(SECONDS)], {
      LONGHAUL_URL: url,
      OPENAI_BASE_URL: model.url,
      OPENAI_API_KEY: 'none',
    });
    runs.set(name, { output, turns: model.turns, read: model.read });
  };
  const names = [...prepared.keys()];
  const sturdy = names.filter((name) => !FRAGILE.includes(name));
  const agents = sturdy.map((name) => run(name, gateway.mcpUrl));
  await whenProcessing(gateway.mcpUrl, agents.length, agents);
  await gateway.kill();
  await using next = await start(new URL(gateway.mcpUrl).port);
  const others = names.filter((name) => FRAGILE.includes(name));
  await Promise.all([...agents, ...others.map((name) => run(name, next.mcpUrl))]);
  statuses = (await listTasks(next.mcpUrl)).map(({ status }) => status);
  await next.stop();
}, LIMIT_MS);

afterAll(() => {
  runs.clear();
});

function expectToHaveWaited(name: string): void {
  const { output, turns, read } = runs.get(name)!;
  expect(output).toContain('It is done: ');
  expect(read).toEqual([expect.stringContaining(`"processed":20,"seconds":${SECONDS}`)]);
  expect(turns).toBe(2);
  expect(statuses).toEqual([...prepared].map(() => 'completed'));
}

for (const name of NAMES) {
  const more = FRAGILE.includes(name) ? '' : ', through kill -9 of the gateway';
  const title = `${name} in Python waits outside of the model${more}`;
  (prepared.has(name) ? test : test.skip)(title, () => {
    expectToHaveWaited(name);
  });
}
