// Servers that no one here wrote, directly and behind one gateway: what they list and answer is the same, and their calls outlive everything.
// `node tools/python.js` says what is missing where those of PyPI are left out.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Client } from '@modelcontextprotocol/client';
import * as z from 'zod';
import { awaitEnd, callUntilReachable } from '../support/clients/follow-task.ts';
import { connectClient, DIALECTS } from '../support/clients/mcp-clients.ts';
import { createHome, type Home } from '../support/processes/home.ts';
import { startLonghaul, type Longhaul } from '../support/processes/longhaul.ts';
import { CALLS, LEFT_OUT, withoutChance } from './calls.ts';
import { connect, declareStdio, hasPython, startWeb, toEnv, type Declared } from './servers.ts';

const LIMIT_MS = 300_000;
const SERVERS = [
  'everything',
  'web',
  'files',
  'memory',
  ...(hasPython ? ['git', 'time', 'fast'] : []),
];
const anything = z.looseObject({});

let home: Home;
let web: Awaited<ReturnType<typeof startWeb>>;
let gateway: Longhaul;
let wrapped: Client;
const direct = new Map<string, Client>();
const of = { direct: '', wrapped: '' };

async function start(port: string, pair: boolean): Promise<Longhaul> {
  const upstreams = { ...declareStdioOnce, ...web.declared };
  const file = join(home.path, 'longhaul.config.json');
  const tools = { pair, inlineWaitSeconds: 30 };
  // A worker that was killed is missed sooner than a person would need it.
  const policy = { heartbeatTimeoutSeconds: 2 };
  const own = Object.entries(upstreams).map(([name, declared]) => [
    name,
    { ...declared, tools: { '*': { policy } } },
  ]);
  await writeFile(
    file,
    JSON.stringify({ builtins: false, tools, upstreams: Object.fromEntries(own) as object }),
  );
  const flags = ['--port', port, '--config', file, '--data-dir', home.dataDirectory];
  return startLonghaul('dev', flags, { cwd: home.path, env: toEnv(of.wrapped) });
}
let declareStdioOnce: Readonly<Record<string, Declared>>;

beforeAll(async () => {
  home = await createHome();
  Object.assign(of, { direct: join(home.path, 'direct'), wrapped: join(home.path, 'wrapped') });
  web = await startWeb(home.path);
  declareStdioOnce = declareStdio(of.wrapped);
  const declared = { ...declareStdio(of.direct), ...web.declared };
  const connecting = Object.entries(declared).map(async ([name, one]) => {
    direct.set(name, await connect(one, toEnv(of.direct)));
  });
  await Promise.all(connecting);
  gateway = await start('0', false);
  wrapped = await connect({ url: gateway.mcpUrl });
}, LIMIT_MS);
afterAll(async () => {
  await Promise.all([...direct.values(), wrapped].map(async (client) => client.close()));
  await web[Symbol.asyncDispose]();
  await gateway.stop();
  await home[Symbol.asyncDispose]();
}, LIMIT_MS);

type Tool = Record<string, unknown> & { readonly name: string };
const list = async (client: Client) =>
  (await client.request({ method: 'tools/list', params: {} }, anything))['tools'] as Tool[];
const prefixOf = (server: string) => (server === 'web' ? 'web_' : '');

/** A tool as its own server lists it: without what the gateway adds. */
function toTheirs(tool: Tool, prefix: string): Tool {
  const { inputSchema, outputSchema, ...rest } = tool;
  const { properties, ...schema } = inputSchema as { properties: Record<string, unknown> };
  const { idempotency_key, ...own } = properties;
  expect(idempotency_key).toBeDefined();
  const { anyOf, $defs } = (outputSchema ?? {}) as { anyOf?: object[]; $defs?: object };
  const result = anyOf?.[0] && { ...anyOf[0], ...($defs && { $defs }) };
  return {
    ...rest,
    execution: undefined,
    name: tool.name.slice(prefix.length),
    inputSchema: { ...schema, properties: own },
    ...(result !== undefined && { outputSchema: result }),
  };
}

test.each(SERVERS)('%s lists the same tools', async (server) => {
  const prefix = prefixOf(server);
  const all = new Map((await list(wrapped)).map((tool) => [tool.name, tool]));
  for (const theirs of await list(direct.get(server)!)) {
    const ours = all.get(`${prefix}${theirs.name}`);
    expect(ours && toTheirs(ours, prefix)).toEqual({
      ...theirs,
      execution: undefined, // whether a tool can be a task is ours to say
      inputSchema: { properties: {}, ...(theirs['inputSchema'] as object) },
      description: theirs['description'] ?? ours?.['description'],
    });
  }
});

/** What a tool answers, as far as chance does not decide. */
async function ask(client: Client, name: string, args: object, directory: string) {
  const given = JSON.parse(JSON.stringify(args).replaceAll('DIR', directory)) as object;
  const params = { name, arguments: given as never };
  const answer: Record<string, unknown> = await client
    .request({ method: 'tools/call', params }, anything)
    .catch((thrown: unknown) => thrown as Record<string, unknown>);
  const { content, structuredContent, isError, code, message } = answer;
  const shown = JSON.stringify({ content, structuredContent, isError, code, message });
  return JSON.parse(withoutChance(shown, directory)) as object;
}

/** Every call of a server, directly and through the gateway. */
async function compare(server: string): Promise<void> {
  const client = direct.get(server)!;
  for (const [tool, args] of CALLS[server]!) {
    const expected = await ask(client, tool, args, join(of.direct, server));
    const name = `${prefixOf(server)}${tool}`;
    const got = await ask(wrapped, name, args, join(of.wrapped, server));
    expect([name, got]).toEqual([name, expected]);
  }
  const called = CALLS[server]!.map(([tool]) => tool);
  const names = (await list(client)).map(({ name }) => name);
  const missing = names.filter((name) => !called.includes(name) && LEFT_OUT[name] === undefined);
  expect(missing).toEqual([]);
}

test('every tool of each answers the same', async () => {
  await Promise.all(SERVERS.map(compare));
  expect.assertions(SERVERS.reduce((sum, server) => sum + CALLS[server]!.length + 1, 0));
});

/** How often the slow tool of FastMCP has begun. */
const began = async () =>
  (await readFile(join(home.path, 'effects'), 'utf8').catch(() => '')).split('began').length - 1;

test(
  'calls outlive the client, the gateway and the worker',
  async () => {
    await wrapped.close();
    await gateway.stop();
    gateway = await start(new URL(gateway.mcpUrl).port, true);
    const delayed = [
      'read_graph',
      'list_allowed_directories',
      ...(hasPython ? ['git_status', 'get_current_time', 'add'] : []),
    ];
    const slow = [
      'trigger-long-running-operation',
      'web_trigger-long-running-operation',
      ...(hasPython ? ['slow'] : []),
    ];
    const args: Record<string, object> = {
      git_status: { repo_path: join(of.wrapped, 'git') },
      get_current_time: { timezone: 'Etc/UTC' },
      add: { a: 2, b: 3 },
    };
    const first = await connectClient(DIALECTS[0], { url: gateway.mcpUrl });
    for (const operation_type of [...delayed, ...slow]) {
      const parameters =
        args[operation_type] ??
        (operation_type === 'slow' ? { seconds: 8 } : { duration: 6, steps: 6 });
      const wait = delayed.includes(operation_type) ? { start_after_seconds: 5 } : {};
      const { json } = await first.call('initiate_background_task', {
        operation_type,
        parameters,
        idempotency_key: operation_type,
        ...wait,
      });
      expect(json.task_ref).toContain(operation_type);
    }
    const running = async () =>
      (await first.call('list_background_tasks', { status: 'processing' })).json.tasks.length;
    while ((await running()) < slow.length) await sleep(100);
    while (hasPython && (await began()) === 0) await sleep(100);
    await sleep(2_000); // its id is stored once it has been answered
    await first[Symbol.asyncDispose]();
    await gateway.kill();
    gateway = await start(new URL(gateway.mcpUrl).port, true);
    await using client = await connectClient(DIALECTS[0], { url: gateway.mcpUrl });
    for (const idempotency_key of [...delayed, ...slow]) {
      const found = await callUntilReachable(client, 'list_background_tasks', { idempotency_key });
      const { json } = await awaitEnd(client, found.json.tasks[0]!.task_ref);
      expect([idempotency_key, json.status, json.error]).toEqual([
        idempotency_key,
        'completed',
        null,
      ]);
    }
    expect(await began()).toBe(hasPython ? 1 : 0);
    wrapped = await connect({ url: gateway.mcpUrl });
  },
  LIMIT_MS,
);
