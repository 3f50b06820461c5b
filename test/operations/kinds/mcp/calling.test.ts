import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InputRequired } from '../../../../src/contract/input.ts';
import { isAlive, processIdentity } from '../../../../src/local/index.ts';
import { toUpstreamOperations } from '../../../../src/operations/kinds/mcp/operations.ts';
import { listTools } from '../../../../src/operations/kinds/mcp/tools.ts';
import { upstreams, type Upstream } from '../../../../src/operations/kinds/mcp/upstream.ts';
import type { Operation } from '../../../../src/operations/operation.ts';
import { createServices, type ServiceHost } from '../../../../src/operations/services.ts';
import { callTool } from '../../../support/operations/call-tool.ts';
import {
  createTestHost,
  until,
  type ContextOverrides,
} from '../../../support/operations/context.ts';

const SERVER = fileURLToPath(new URL('../../../support/peers/mcp-server.js', import.meta.url));
const directory = mkdtempSync(join(tmpdir(), 'longhaul-'));
const effects = join(directory, 'effects');
const heard: string[] = [];
const host = createTestHost(heard, { SHELF_TOKEN: 'secret', OTHER: 'hidden' });
const services = createServices(host);

function declare(name: string, modes: readonly string[] = [], more: object = {}): Upstream {
  const entry = { command: process.execPath, args: [SERVER, effects, ...modes], ...more };
  return { ...upstreams.parse({ [name]: entry })[name]!, name };
}

async function define(upstream: Upstream, on: ServiceHost = host): Promise<Map<string, Operation>> {
  const listing = await listTools(upstream, on);
  const { operations } = toUpstreamOperations([{ upstream, listing }], new Set());
  return new Map(operations.map((operation) => [operation.name, operation]));
}

async function run(operation: Operation | undefined, args: object, more: ContextOverrides = {}) {
  return callTool(operation, args, { services, idempotencyKey: String(Math.random()), ...more });
}

const readEffects = (): string[] => readFileSync(effects, 'utf8').trim().split('\n');
const pidOf = async (read: Operation | undefined, more?: ContextOverrides): Promise<number> =>
  ((await run(read, {}, more)) as never as { structuredContent: { pid: number } }).structuredContent
    .pid;

let shelf: Map<string, Operation>;
beforeAll(async () => {
  shelf = await define(declare('shelf', ['noisy'], { env: ['SHELF_TOKEN'] }));
});
afterAll(async () => {
  await services[Symbol.asyncDispose]();
  rmSync(directory, { recursive: true });
});

test('a result comes back as the server gave it, whatever is in it', async () => {
  const result = await run(shelf.get('rich'), {});
  expect(JSON.stringify(result)).toBe(
    '{"content":[{"type":"image","data":"AAEC","mimeType":"image/png","annotations":{"priority":0.5}},' +
      '{"type":"audio","data":"AAEC","mimeType":"audio/wav"},{"type":"resource_link","uri":"file:///a","name":"a"},' +
      '{"type":"resource","resource":{"uri":"file:///b","blob":"AAEC","mimeType":"x/y"}},' +
      '{"type":"text","text":"not so","unknown":{"deep":[1,12345678901234567890]}}],' +
      '"structuredContent":{"a":null,"b":[1,2.5]},"isError":true,"_meta":{"example.com/k":"v"}}',
  );
});

test('what may run again follows the hints of the tool, and the rules before them', async () => {
  expect(shelf.get('add')?.idempotent).toBe(false);
  expect(shelf.get('read')).toMatchObject({ idempotent: true, title: 'Read it' });
  const ruled = await define(
    declare('ruled', [], {
      deny: ['l*', 'r*', 'slow_*'],
      tools: { '*': { policy: { concurrency: 2 } }, 'a*': { idempotent: true, tags: ['shelf'] } },
    }),
  );
  expect([...ruled.keys()]).toEqual(['add', 'slow', 'ask', 'die', 'environment']);
  expect(ruled.get('add')).toMatchObject({
    idempotent: true,
    tags: ['shelf'],
    policy: { concurrency: 2 },
  });
});

test('calls share one process, run at once, and report progress', async () => {
  const reports: unknown[] = [];
  const slow = run(
    shelf.get('slow'),
    { ms: 600 },
    { progress: (...all) => void reports.push(all) },
  );
  const quick = Promise.all([1, 2, 3].map(() => pidOf(shelf.get('read'))));
  expect(new Set(await quick).size).toBe(1);
  expect(reports.length).toBeLessThan(10);
  expect(await slow).toEqual({ content: [{ type: 'text', text: 'slow is done' }] });
  expect(reports.at(-1)).toEqual([0.9, 'step 9']);
});

test('a cancel reaches the server', async () => {
  const stop = new AbortController();
  const slow = run(shelf.get('slow'), { ms: 60_000 }, { signal: stop.signal });
  await until(() => readEffects().at(-1)?.startsWith('slow began') ?? false);
  stop.abort();
  await expect(slow).rejects.toThrow();
  await until(() => readEffects().at(-1) === 'cancelled');
});

test('a server that ends while a tool runs leaves the outcome open, and the next call starts it anew', async () => {
  const before = await pidOf(shelf.get('read'));
  await expect(run(shelf.get('die'), {})).rejects.toMatchObject({
    code: 'OUTCOME_UNKNOWN',
    message: expect.stringContaining('upstream shelf, tool die') as never,
  });
  expect(await pidOf(shelf.get('read'))).not.toBe(before);
});

test('an error of the server is its refusal, with its words', async () => {
  await expect(run(shelf.get('refuse'), {})).rejects.toMatchObject({
    code: 'UPSTREAM_REJECTED',
    message: 'upstream shelf, tool refuse: error -32603: the shelf is locked',
  });
});

test('an answer above the limit ends its own call alone', async () => {
  const bound = await define(declare('bound', [], { maxMessageBytes: 65_536 }));
  const slow = run(bound.get('slow'), { ms: 300 });
  await expect(run(bound.get('large'), { bytes: 1_000_000 })).rejects.toMatchObject({
    code: 'RESULT_TOO_LARGE',
    message:
      'upstream bound, tool large: the answer has more than 65536 bytes; at most so many are read (maxMessageBytes)',
  });
  expect(await slow).toMatchObject({ content: [{ text: 'slow is done' }] });
});

test('a question ends the attempt and not the call; the answer goes to the call that asked', async () => {
  const key = { idempotencyKey: 'asking' };
  const asking = run(shelf.get('ask'), {}, key);
  await expect(asking).rejects.toBeInstanceOf(InputRequired);
  await expect(asking).rejects.toMatchObject({
    requests: { question_1: { message: 'Really?', requestedSchema: { type: 'object' } } },
  });
  const response = { action: 'accept' as const, content: { sure: true } };
  const answered = await run(
    shelf.get('ask'),
    {},
    { ...key, inputResponses: { question_1: response } },
  );
  expect(answered).toEqual({ content: [{ type: 'text', text: JSON.stringify(response) }] });
  expect(readEffects().filter((line) => line === 'asked')).toHaveLength(1);
});

test('an address that a server sends people to is a question, too', async () => {
  const params = {
    mode: 'url',
    message: 'Sign in.',
    url: 'https://example.com/a',
    elicitationId: 'e1',
  };
  const relay = { method: 'elicitation/create', params };
  const key = { idempotencyKey: 'address' };
  await expect(run(shelf.get('relay'), relay, key)).rejects.toMatchObject({
    requests: {
      question_1: { message: 'Sign in. Open https://example.com/a, and answer when that is done.' },
    },
  });
  const inputResponses = { question_1: { action: 'accept' as const, content: {} } };
  const { content } = await run(shelf.get('relay'), relay, { ...key, inputResponses });
  expect(content).toMatchObject([{ text: expect.stringContaining('"action":"accept"') as never }]);
});

test.each([
  ['sampling', 'sampling/createMessage', { messages: [], maxTokens: 1 }],
  ['roots', 'roots/list', {}],
])('%s is refused with the reason, and the refusal is in the log', async (what, method, params) => {
  const { content } = await run(shelf.get('relay'), { method, params });
  const [{ text }] = content as unknown as [{ text: string }];
  expect(JSON.parse(text)).toEqual({
    code: -32_601,
    message: `Longhaul does not offer ${what}: a task outlives the client whose model or folders it would use`,
  });
  expect(heard).toContain(
    `upstream asks for what is not offered ${JSON.stringify({ upstream: 'shelf', method })}`,
  );
});

test('a call that asked is not sent again where its connection is lost', async () => {
  const before = readEffects().length;
  const lost = run(
    shelf.get('ask'),
    {},
    { inputResponses: { question_1: { action: 'accept', content: {} } } },
  );
  await expect(lost).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
  expect(readEffects()).toHaveLength(before);
});

test('the command sees the variables that are named, and no other', async () => {
  const { content } = (await run(shelf.get('environment'), {})) as never as {
    content: [{ text: string }];
  };
  expect(content[0].text).toContain('SHELF_TOKEN');
  expect(content[0].text).not.toContain('OTHER');
});

test('what is no message, and what the server says, is in the log under its name', () => {
  expect(heard).toContain(
    'upstream wrote no message {"upstream":"shelf","line":"Server listening ..."}',
  );
  expect(heard).toContain('upstream says {"upstream":"shelf","said":"the shelf is old"}');
});

test('a server that cannot start is named with its reason, and touches no other', async () => {
  const upstream = { ...declare('sick'), args: [SERVER, effects, 'no-start'] };
  const listing = await listTools(declare('sick'), host);
  const [operation] = toUpstreamOperations([{ upstream, listing }], new Set()).operations;
  await expect(run(operation, {})).rejects.toMatchObject({
    code: 'UPSTREAM_UNAVAILABLE',
    message: 'upstream sick: the command ended with code 3; the log has what it wrote',
  });
  expect(heard).toContain(
    'upstream wrote to stderr {"upstream":"sick","line":"cannot read the database"}',
  );
  expect(await pidOf(shelf.get('read'))).toBeGreaterThan(0);
});

test('each principal has a process of its own where that is asked for, and an idle one ends', async () => {
  const own = await define(
    declare('own', ['stays', 'leaks'], { sharing: 'principal', idleSeconds: 1 }),
  );
  const [ann, bob, again] = [
    await pidOf(own.get('read'), { principal: 'ann' }),
    await pidOf(own.get('read'), { principal: 'bob' }),
    await pidOf(own.get('read'), { principal: 'ann' }),
  ];
  expect(again).toBe(ann);
  expect(bob).not.toBe(ann);
  const identity = processIdentity(ann)!;
  await until(() => !isAlive(identity), 'the end of an idle process');
});

test('a server that ends when it is asked for its era is spoken to in the older one', async () => {
  const older = await define(declare('older', ['ends-on-probe']));
  expect(await run(older.get('add'), { line: 'older' })).toMatchObject({
    content: [{ text: 'added older' }],
  });
});
