// The command line as people and scripts use it: help, exit codes, JSON, and the way from an empty folder.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ENVIRONMENT } from '../../src/config/index.ts';
import { connectClient, DIALECTS } from '../support/clients/mcp-clients.ts';
import { createHome, CLI, type Home } from '../support/processes/home.ts';
import { startLonghaul, type Longhaul } from '../support/processes/longhaul.ts';

const LIMIT_MS = 300_000;
const PEER = fileURLToPath(new URL('../support/peers/mcp-server.js', import.meta.url));

const COMMANDS = [
  ...['dev', 'stdio', 'serve', 'worker', 'stop', 'init', 'demo', 'doctor', 'tasks'],
  ...['trust', 'import', 'try', 'wrap', 'upstreams'],
];

describe('help', () => {
  test('names every command', async () => {
    await using home = await createHome();
    const { exitCode, stdout } = await home.run(['--help']);
    expect(exitCode).toBe(0);
    for (const command of COMMANDS) expect(stdout).toMatch(new RegExp(`^ {2}${command}\\b`, 'm'));
  });

  test('names the variable beside each flag', async () => {
    await using home = await createHome();
    // `dev` is one process, which has no other build beside it.
    const pages = await Promise.all(
      ['dev', 'worker'].map(async (command) => home.run([command, '--help'])),
    );
    const text = pages.map(({ stdout }) => stdout.replaceAll(/\s+/g, ' ')).join('\n');
    for (const { flag, variable } of ENVIRONMENT.filter((entry) => entry.flag !== null)) {
      expect(text).toContain(flag);
      expect(text).toContain(`[${variable}]`);
    }
  });
});

test.each([
  ['an unknown command', ['serv'], 2, 'Did you mean serve'],
  ['an unknown flag', ['dev', '--prot', '1'], 2, 'Did you mean --port'],
  ['a port that is none', ['dev', '--port', 'x'], 2, '--port'],
  ['a status that is none', ['tasks', 'list', '--status', 'x'], 2, 'pending'],
  ['an escape', [`x${String.fromCharCode(27)}[2J`], 2, "'x\\u001b[2J'"],
  ['a file that is not there', ['dev', '--config', 'nowhere.yaml'], 2, 'nowhere.yaml'],
])('%s is one message and an exit code', async (_, args, code, sentence) => {
  await using home = await createHome();
  const { exitCode, stdout, stderr } = await home.run(args);
  expect([exitCode, stdout]).toEqual([code, '']);
  expect(stderr).toContain(sentence);
  expect(stderr).not.toContain('    at ');
});

test('output that nobody reads to its end is no failure', async () => {
  const child = spawn(process.execPath, [CLI, '--help'], { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.destroy();
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const [code] = (await once(child, 'close')) as [number | null];
  expect([code, stderr]).toEqual([0, '']);
});

describe('tasks', () => {
  let home: Home;
  let gateway: Longhaul;
  const refs: string[] = [];
  beforeAll(async () => {
    home = await createHome();
    gateway = await startLonghaul('dev', ['--port', '0'], { cwd: home.path });
    await using client = await connectClient(DIALECTS[0], { url: gateway.mcpUrl });
    for (const parameters of [
      { seconds: 0 },
      { seconds: 0, fail_with: 'UPSTREAM_REJECTED' },
      { seconds: 600 },
    ]) {
      const { json } = await client.call('initiate_background_task', {
        operation_type: 'sleep',
        parameters,
      });
      refs.push(json.task_ref);
    }
  }, LIMIT_MS);
  afterAll(async () => {
    await gateway.stop();
    await home[Symbol.asyncDispose]();
  }, LIMIT_MS);

  test(
    'wait says in its exit code how a task ended',
    async () => {
      const codes: number[] = [];
      for (const [index, timeout] of ['60', '60', '2'].entries()) {
        codes.push(
          (await home.run(['tasks', 'wait', refs[index]!, '--timeout', timeout])).exitCode,
        );
      }
      expect(codes).toEqual([0, 3, 4]);
    },
    LIMIT_MS,
  );

  test(
    'show and list print what the tools answer',
    async () => {
      const shown = await home.run(['tasks', 'show', refs[0]!, '--json']);
      expect(JSON.parse(shown.stdout)).toMatchObject({ task_ref: refs[0], status: 'completed' });
      const text = await home.run(['tasks', 'show', refs[1]!]);
      expect(text.stdout).toContain('UPSTREAM_REJECTED');
      const failed = await home.run(['tasks', 'list', '--status', 'failed', '--json']);
      expect(JSON.parse(failed.stdout)).toMatchObject({ tasks: [{ task_ref: refs[1] }] });
      const unknown = await home.run(['tasks', 'show', 'x.y']);
      expect([unknown.exitCode, unknown.stderr]).toEqual([1, expect.stringContaining('task_ref')]);
    },
    LIMIT_MS,
  );

  test(
    'cancel ends a running task',
    async () => {
      const cancelled = await home.run([
        'tasks',
        'cancel',
        refs[2]!,
        '--reason',
        'tired',
        '--json',
      ]);
      expect(cancelled.exitCode).toBe(0);
      const ended = await home.run(['tasks', 'wait', refs[2]!, '--json']);
      expect([ended.exitCode, JSON.parse(ended.stdout)]).toEqual([
        3,
        expect.objectContaining({ error: expect.objectContaining({ code: 'CANCELLED' }) }),
      ]);
    },
    LIMIT_MS,
  );

  test(
    'stop refuses while dev runs',
    async () => {
      const { exitCode, stderr } = await home.run(['stop']);
      expect([exitCode, stderr]).toEqual([1, expect.stringContaining(String(gateway.pid))]);
    },
    LIMIT_MS,
  );
});

test(
  'init writes operations that dev serves, and overwrites nothing',
  async () => {
    await using home = await createHome();
    expect((await home.run(['init'])).exitCode).toBe(0);
    expect(await readFile(join(home.path, 'longhaul.config.ts'), 'utf8')).toContain('defineConfig');
    expect((await home.run(['init'])).exitCode).toBe(1);
    await using gateway = await startLonghaul('dev', ['--port', '0'], { cwd: home.path });
    await using client = await connectClient(DIALECTS[0], { url: gateway.mcpUrl });
    const ended = await client.call('initiate_background_task', {
      operation_type: 'count_words',
      parameters: { text: 'one two three' },
      wait_seconds: 20,
    });
    expect(ended.json.status).toBe('completed');
    await gateway.stop();
  },
  LIMIT_MS,
);

test.each([
  [['worker'], 'no Temporal address is configured'],
  [['codec'], 'encryption.keys is empty'],
  [['serve', '--host', '0.0.0.0'], 'without authentication'],
])(
  '%j lacks what it needs: one sentence, and the exit code of a mistake',
  async (args, sentence) => {
    await using home = await createHome();
    const { exitCode, stdout, stderr } = await home.run(args);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr.trim().split('\n')).toEqual([expect.stringContaining(sentence)]);
  },
  LIMIT_MS,
);

test(
  'doctor finds a good world good, and says how to mend a bad one',
  async () => {
    await using home = await createHome();
    const good = await home.run(['doctor', '--json', '--port', '0']);
    expect([good.exitCode, JSON.parse(good.stdout)]).toEqual([
      0,
      expect.objectContaining({ ok: true }),
    ]);
    const upstreams = {
      well: { command: process.execPath, args: [PEER] },
      sick: { command: 'no-such' },
    };
    await writeFile(join(home.path, 'longhaul.config.json'), JSON.stringify({ upstreams }));
    const readiness = { ready: true, temporal: true, worker: null };
    const gateway = createServer((_, response) => response.end(JSON.stringify(readiness)));
    await once(gateway.listen(0, '127.0.0.1'), 'listening');
    const port = String((gateway.address() as AddressInfo).port);
    const bad = await home.run(['doctor', '--port', port], { TEMPORAL_ADDRESS: '127.0.0.1:1' });
    gateway.close();
    expect(bad.exitCode).toBe(1);
    expect(bad.stdout).toMatch(/^✗ Temporal .*TEMPORAL_ADDRESS/m);
    expect(bad.stdout).toMatch(/^✓ upstream well +12 of 12 tools$/m);
    expect(bad.stdout).toMatch(/^✓ HTTP port .*has a Longhaul that runs$/m);
    expect(bad.stdout).toMatch(/^✗ upstream sick +the command was not found/m);
  },
  LIMIT_MS,
);

test(
  'longhaul alone is what the configuration says',
  async () => {
    await using home = await createHome();
    await writeFile(join(home.path, 'longhaul.config.yaml'), 'server: { transport: stdio }\n');
    await using client = await connectClient(DIALECTS[1], {
      command: process.execPath,
      args: [CLI],
      cwd: home.path,
    });
    expect((await client.listTools()).length).toBeGreaterThan(4);
  },
  LIMIT_MS,
);
