// Networks that are in the way: proxies in the environment, and a Temporal address behind which nobody answers.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { connectClient, DIALECTS } from '../support/clients/mcp-clients.ts';
import { bareEnvironment, CLI, createHome } from '../support/processes/home.ts';
import { startLonghaul } from '../support/processes/longhaul.ts';

const LIMIT_MS = 300_000;

/** Takes every connection, notes what it says first, and never answers. */
async function listen() {
  const sockets = new Set<Socket>();
  const said: string[] = [];
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('data', (data) => said.push(data.toString('latin1').split('\r\n')[0] ?? ''));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    said,
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    connected: once(server, 'connection'),
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

type Listener = Awaited<ReturnType<typeof listen>>;

describe('with proxies in the environment and no word of loopback', () => {
  let proxy: Listener;
  let env: Record<string, string>;
  beforeAll(async () => {
    proxy = await listen();
    const names = ['http_proxy', 'https_proxy', 'all_proxy', 'grpc_proxy'];
    env = Object.fromEntries(
      [...names, ...names.map((name) => name.toUpperCase())].map((name) => [
        name,
        `http://${proxy.address}`,
      ]),
    );
    env['NODE_USE_ENV_PROXY'] = '1'; // fetch of Node, too
  });
  afterAll(() => {
    proxy.close();
  });

  test(
    'dev starts, works and shows its metrics, and no proxy is asked',
    async () => {
      await using home = await createHome();
      await using gateway = await startLonghaul('dev', ['--port', '0', '--metrics-port', '0'], {
        cwd: home.path,
        env,
      });
      await using client = await connectClient(DIALECTS[0], { url: gateway.mcpUrl });
      const { json } = await client.call('initiate_background_task', {
        operation_type: 'sleep',
        parameters: { seconds: 0 },
        wait_seconds: 20,
      });
      expect(json.status).toBe('completed');
      expect(await (await fetch(gateway.metricsUrl)).text()).toContain('temporal_');
      const shown = await home.run(['tasks', 'list', '--json'], env);
      expect(JSON.parse(shown.stdout)).toMatchObject({ tasks: [{ task_ref: json.task_ref }] });
      await gateway.stop();
      expect(proxy.said).toEqual([]);
    },
    LIMIT_MS,
  );

  test(
    'stdio and its background worker do, too',
    async () => {
      await using home = await createHome();
      await using client = await connectClient(DIALECTS[0], {
        command: process.execPath,
        args: [CLI, 'stdio'],
        cwd: home.path,
        env: bareEnvironment(env) as Record<string, string>,
      });
      const { json } = await client.call('initiate_background_task', {
        operation_type: 'sleep',
        parameters: { seconds: 0 },
        wait_seconds: 20,
      });
      expect(json.status).toBe('completed');
      expect(proxy.said).toEqual([]);
    },
    LIMIT_MS,
  );

  test('doctor names them', async () => {
    await using home = await createHome();
    const { stdout } = await home.run(['doctor', '--port', '0'], env);
    expect(stdout).toMatch(/✓ proxies +.*https_proxy is http:\/\/127\.0\.0\.1:\d+/);
  });
});

describe('at an address that takes connections and never answers', () => {
  const commands = [
    ['doctor', '--port', '0'],
    ['tasks', 'list'],
    ['worker'],
    ['serve', '--port', '0'],
  ];

  test(
    'every command says so and ends',
    async () => {
      const silent = await listen();
      await using home = await createHome();
      const env = { TEMPORAL_ADDRESS: silent.address };
      const ended = await Promise.all(commands.map(async (args) => home.run(args, env)));
      silent.close();
      for (const { exitCode, stdout, stderr } of ended) {
        expect([exitCode, stdout + stderr]).toEqual([
          1,
          expect.stringContaining('there was no answer'),
        ]);
      }
    },
    LIMIT_MS,
  );

  test.each(['SIGTERM', 'SIGINT'] as const)(
    'every command ends with a %s while it waits',
    async (signal) => {
      await using home = await createHome();
      const endings = commands.map(async (args) => {
        const silent = await listen();
        const child = spawn(process.execPath, [CLI, ...args], {
          cwd: home.path,
          env: bareEnvironment({ TEMPORAL_ADDRESS: silent.address }),
          stdio: 'ignore',
        });
        const exit = once(child, 'exit');
        await silent.connected;
        child.kill(signal);
        const ending: unknown = await exit;
        silent.close();
        return ending;
      });
      expect(await Promise.all(endings)).toEqual(commands.map(() => [0, null]));
    },
    LIMIT_MS,
  );
});
