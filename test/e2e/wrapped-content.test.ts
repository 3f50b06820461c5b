// Prompts, resources, completions and results of wrapped servers, directly and through the gateway: the same for clients of both eras.
import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import * as z from 'zod';
import { parseJson } from '../../src/contract/json/exact-number.ts';
import type { JsonObject } from '../../src/contract/json.ts';
import { modernHeaders, send, toModern } from '../support/gateways/http-gateway.ts';
import { createHome, type Home } from '../support/processes/home.ts';
import { startLonghaul, type Longhaul } from '../support/processes/longhaul.ts';

const SHELF = fileURLToPath(new URL('../support/peers/mcp-server.js', import.meta.url));
const SERVER = fileURLToPath(new URL('../support/peers/changing-server.js', import.meta.url));
const LIMIT_MS = 120_000;
const META = 'io.modelcontextprotocol/';
const anything = z.looseObject({});

let home: Home;
let gateway: Longhaul;
let direct: Client;

beforeAll(async () => {
  home = await createHome();
  const described = join(home.path, 'described');
  const changing = { command: process.execPath, args: [SERVER, described] };
  const file = join(home.path, 'longhaul.config.json');
  const shelf = { command: process.execPath, args: [SHELF], allow: ['rich'] };
  const activity = { ...shelf, prefix: 'activity_', tools: { '*': { lane: 'activity' } } };
  const workflow = { ...shelf, prefix: 'workflow_' };
  const upstreams = { changing, activity, workflow };
  await writeFile(file, JSON.stringify({ builtins: false, upstreams }));
  gateway = await startLonghaul('dev', ['--port', '0', '--config', file], { cwd: home.path });
  direct = new Client({ name: 'direct', version: '1' });
  await direct.connect(
    new StdioClientTransport({ command: process.execPath, args: [SERVER, described] }),
  );
}, LIMIT_MS);
afterAll(async () => {
  await direct.close();
  await gateway.stop();
  await home[Symbol.asyncDispose]();
}, LIMIT_MS);

const REQUESTS: readonly (readonly [string, object])[] = [
  ['prompts/get', { name: 'greet', arguments: { name: 'Ann' } }],
  ['resources/read', { uri: 'note://picture' }],
  ['resources/read', { uri: 'note://numbered/17' }],
  [
    'completion/complete',
    { ref: { type: 'ref/prompt', name: 'greet' }, argument: { name: 'name', value: 'B' } },
  ],
  [
    'completion/complete',
    {
      ref: { type: 'ref/resource', uri: 'note://numbered/{number}' },
      argument: { name: 'number', value: '1' },
    },
  ],
];

describe.each(['legacy', 'auto'] as const)('in the era that %s chooses', (mode) => {
  let client: Client;
  beforeAll(async () => {
    client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode } });
    await client.connect(new StreamableHTTPClientTransport(new URL(gateway.mcpUrl)));
  });
  afterAll(async () => client.close());
  const ask = async (whom: Client, method: string, params: object = {}) => {
    const answer = await whom.request({ method, params: params as never }, anything);
    const own = ['_meta', 'resultType', 'ttlMs', 'cacheScope'];
    return Object.fromEntries(Object.entries(answer).filter(([key]) => !own.includes(key)));
  };

  test.each(['prompts', 'resources'])('%s are listed as their server lists them', async (list) => {
    expect(await ask(client, `${list}/list`)).toEqual(await ask(direct, `${list}/list`));
  });

  test('templates are listed after those of tasks', async () => {
    const { resourceTemplates } = await ask(client, 'resources/templates/list');
    const theirs = await ask(direct, 'resources/templates/list');
    expect((resourceTemplates as object[]).slice(-1)).toEqual(theirs['resourceTemplates']);
  });

  test.each(REQUESTS)('%s %j is answered as its server answers', async (method, params) => {
    expect(await ask(client, method, params)).toEqual(await ask(direct, method, params));
  });

  test.each([
    ['prompts/get', { name: 'nobody' }],
    ['prompts/get', { name: 'greet', arguments: {} }],
    ['resources/read', { uri: 'note://nothing' }],
  ])('%s %j is refused as its server refuses it', async (method, params) => {
    const code = -32_602;
    await expect(ask(direct, method, params)).rejects.toMatchObject({ code });
    await expect(ask(client, method, params)).rejects.toMatchObject({ code });
  });

  test('a resource is read in the process that the tools of the caller run in', async () => {
    const pids = new Set<string>();
    for (let count = 0; count < 2; count += 1) {
      const { contents } = (await ask(client, 'resources/read', { uri: 'note://one' })) as {
        contents: { text: string }[];
      };
      pids.add(contents[0]!.text);
    }
    expect(pids.size).toBe(1);
  });
});

/** What the gateway answers. */
async function callRich(lane: string, era: keyof typeof DIALECT_HEADERS): Promise<JsonObject> {
  const name = `${lane}_rich`;
  const params = { name, arguments: {} };
  const headers = DIALECT_HEADERS[era];
  const isModern = era === 'modern';
  const body = isModern
    ? toModern('tools/call', params)
    : JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params });
  const { text: said } = await send(gateway.mcpUrl, {
    headers: { ...headers, ...(isModern && { 'mcp-name': name }) },
    body,
  });
  const line = said.startsWith('{') ? said : (/^data: (\{.*"id".*\})$/m.exec(said)?.[1] ?? '');
  return (parseJson(line) as { readonly result: JsonObject }).result;
}
const DIALECT_HEADERS = {
  modern: modernHeaders,
  legacy: { 'mcp-protocol-version': '2025-11-25' },
};

test.each([
  ['workflow', 'legacy'],
  ['workflow', 'modern'],
  ['activity', 'legacy'],
  ['activity', 'modern'],
] as const)(
  'in the %s lane a %s caller gets a result as its server wrote it',
  async (lane, era) => {
    const child = spawn(process.execPath, [SHELF]);
    child.stdin.end(
      `${JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'rich' } })}\n`,
    );
    const written = (parseJson(await text(child.stdout)) as { readonly result: JsonObject }).result;
    const { resultType, _meta: meta, ...result } = await callRich(lane, era);
    expect(resultType).toBe(era === 'modern' ? 'complete' : undefined);
    const { [`${META}serverInfo`]: serverInfo, ...theirs } = meta as JsonObject;
    expect(serverInfo === undefined).toBe(era === 'legacy');
    expect(JSON.stringify({ ...result, _meta: theirs })).toBe(JSON.stringify(written));
  },
);

test('a tool that comes while the gateway runs is listed, and its call is run', async () => {
  const client = new Client({ name: 'test', version: '1' });
  await client.connect(new StreamableHTTPClientTransport(new URL(gateway.mcpUrl)));
  await client.callTool({ name: 'grow', arguments: {} });
  const isThere = async () => (await client.listTools()).tools.some(({ name }) => name === 'grown');
  while (!(await isThere())) await sleep(100);
  expect(await client.callTool({ name: 'grown', arguments: {} })).toMatchObject({
    content: [{ text: 'it grew' }],
  });
  await client.close();
});

test('nothing of it is a task, and a task says which tool of which server it calls', async () => {
  const shown = await home.run(['tasks', 'list', '--json']);
  const { tasks } = JSON.parse(shown.stdout) as {
    tasks: { operation_type: string; task_ref: string }[];
  };
  expect(new Set(tasks.map(({ operation_type }) => operation_type))).toEqual(
    new Set(['grow', 'grown', 'workflow_rich', 'activity_rich']),
  );
  const grown = tasks.find(({ operation_type: name }) => name === 'grown')!;
  const { stdout } = await home.run(['tasks', 'show', grown.task_ref]);
  expect(stdout).toMatch(/^calls +grown of changing$/m);
  const json = await home.run(['tasks', 'show', grown.task_ref, '--json']);
  expect(JSON.parse(json.stdout)).toMatchObject({ tool: { upstream: 'changing', name: 'grown' } });
});
