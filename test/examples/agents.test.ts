// The agents of examples/agents as a person runs them: processes of their own against the built gateway, which is killed
// while they wait.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { bareEnvironment, createHome, type Home } from '../support/home.ts';
import { startLonghaul } from '../support/longhaul.ts';

const LIMIT_MS = 240_000;

/** How long an agent may take, in milliseconds. */
const AGENT_MS = 180_000;

/** A running agent. */
interface RunningAgent {
  /** Resolves when it has said that it runs. */
  readonly started: Promise<void>;
  /** What it said, when it has ended. */
  readonly output: Promise<string>;
}

function startAgent(file: string, url: string, args: readonly string[]): RunningAgent {
  const path = fileURLToPath(new URL(`../../examples/agents/${file}`, import.meta.url));
  const env = bareEnvironment({ LONGHAUL_URL: url });
  const child = execFile(process.execPath, [path, ...args], { env, timeout: AGENT_MS });
  let said = '';
  const output = new Promise<string>((resolve) =>
    child.on('close', () => {
      resolve(said);
    }),
  );
  const started = new Promise<void>((resolve) => {
    for (const stream of [child.stdout!, child.stderr!]) {
      stream.on('data', (chunk: string) => {
        said += chunk;
        resolve();
      });
    }
    child.on('close', () => {
      resolve();
    });
  });
  return { started, output };
}

const startDev = (home: Home, port: string) =>
  startLonghaul('dev', ['--port', port, '--data-dir', home.dataDirectory], { cwd: home.path });

test(
  'every agent lives through kill -9 of its gateway, with one turn for the call',
  async () => {
    await using home = await createHome();
    const gateway = await startDev(home, '0');
    const agents = ['plain.ts', 'langgraph.ts', 'strands.ts', 'ai-sdk.ts'].map((file) =>
      startAgent(file, gateway.mcpUrl, ['20']),
    );
    await Promise.all(agents.map(({ started }) => started));
    await gateway.kill();
    await using next = await startDev(home, new URL(gateway.mcpUrl).port);
    const outputs = await Promise.all(agents.map(({ output }) => output));
    for (const output of outputs) {
      expect(output).toContain('It is done: ');
      expect(output).toContain('processed');
    }
    const turns = outputs.slice(1).map((output) => /Turns of the model: (\d+)/.exec(output)?.[1]);
    expect(turns).toEqual(['2', '2', '2']);
    await next.stop();
  },
  LIMIT_MS,
);

test(
  'a durable graph goes on in another process, behind another gateway',
  async () => {
    await using home = await createHome();
    const gateway = await startDev(home, '0');
    const checkpoints = join(home.path, 'checkpoints.bin');
    const first = startAgent('langgraph-durable.ts', gateway.mcpUrl, ['start', checkpoints, '15']);
    expect(await first.output).toContain('The graph is interrupted, the task runs on.');
    await gateway.kill();
    await using next = await startDev(home, '0');
    const second = startAgent('langgraph-durable.ts', next.mcpUrl, ['resume', checkpoints]);
    expect(await second.output).toContain('It is done: {"processed":20');
    await next.stop();
  },
  LIMIT_MS,
);
