// What a server may do wrong, each time with its name and that of the tool, and the next call works all the same.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createAskSteps } from '../../../../src/operations/kinds/mcp/ask.ts';
import { toUpstreamOperations } from '../../../../src/operations/kinds/mcp/operations.ts';
import { listTools } from '../../../../src/operations/kinds/mcp/tools.ts';
import { upstreams, type Upstream } from '../../../../src/operations/kinds/mcp/upstream.ts';
import type { Operation } from '../../../../src/operations/operation.ts';
import { createServices } from '../../../../src/operations/services.ts';
import {
  CLIENT_SECRET,
  startAuthorizationServer,
  type AuthorizationServer,
} from '../../../support/peers/authorization-server.ts';
import { startBadServer, type BadServer } from '../../../support/peers/bad-server.ts';
import { callTool } from '../../../support/operations/call-tool.ts';
import { createTestContext, createTestHost } from '../../../support/operations/context.ts';

const host = createTestHost();
const services = createServices(host);
let server: BadServer;
let tools: Map<string, Operation>;

const declare = (path: string): Upstream => {
  const entry = { url: new URL(path, server.origin).href, maxMessageBytes: 1 << 20 };
  return { ...upstreams.parse({ bad: entry })['bad']!, name: 'bad' };
};
const run = async (name: string) =>
  callTool(tools.get(name), {}, { services, idempotencyKey: `${name}-${Math.random()}` });

beforeAll(async () => {
  server = await startBadServer();
  const upstream = declare('/mcp');
  const listing = await listTools(upstream, host);
  const { operations } = toUpstreamOperations([{ upstream, listing }], new Set());
  tools = new Map(operations.map((operation) => [operation.name, operation]));
});
afterAll(async () => {
  await services[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

describe('a call', () => {
  const rejected = 'UPSTREAM_REJECTED';
  const unknown = 'OUTCOME_UNKNOWN';
  test.each([
    ['no_result', unknown, /what is no result of a tool/],
    ['a_list', unknown, /\(it answered with what is no message of MCP\)/],
    ['an_error', rejected, /error -32000: the shelf is locked$/],
    ['odd_error', unknown, /\(it answered with what is no message of MCP\)/],
    ['other_id', unknown, /ended before the result/],
    ['no_json', unknown, /JSON/],
    ['a_page', unknown, /text\/html/],
    ['ends_early', unknown, /ended before the result/],
    ['breaks_off', unknown, /ended before the result/],
    ['hangs_up', unknown, /no result came while the tool ran/],
    ['huge', unknown, /more than 1048576 bytes/],
    ['deep', 'RESULT_TOO_LARGE', /nested too deeply/],
    ['moved', rejected, /HTTP 307|redirect/i],
    ['forbidden', rejected, /HTTP 403/],
    ['unauthorized', rejected, /HTTP 401/],
    ['gone', rejected, /HTTP 410/],
    ['broken', unknown, /HTTP 500/],
    ['busy', unknown, /HTTP 503/],
  ])('that is answered with %s ends as %s, named', async (name, code, reason) => {
    const failure = (await run(name).catch((thrown: unknown) => thrown)) as Error;
    expect(failure).toMatchObject({ code, message: expect.stringMatching(reason) as never });
    expect(failure.message).toMatch(new RegExp(`^upstream bad, tool ${name}: `));
    expect(await run('fine')).toMatchObject({ content: [{ text: 'fine' }] });
  });

  test('that is answered with bytes that are no UTF-8 has what can be read of them', async () => {
    expect(await run('not_utf8')).toEqual({ content: [{ type: 'text', text: '\uFFFD\uFFFDA' }] });
  });

  test('after the server forgot the session is made in a new one', async () => {
    await run('fine');
    server.forget();
    expect(await run('fine')).toMatchObject({ content: [{ text: 'fine' }] });
  });
});

test('a prompt after the server forgot the session is asked for in a new one', async () => {
  const upstream = declare('/mcp');
  const listing = await listTools(upstream, host);
  const steps = createAskSteps(() => ({ upstream, listing }));
  const ask = async () => {
    const asked = { upstream: 'bad', method: 'prompts/get', params: { name: 'fine' } };
    return steps.run(asked, createTestContext({ services }));
  };
  await ask();
  server.forget();
  expect(await ask()).toEqual({ messages: [] });
});

test.each([
  ['/401', /sign-in|401/i],
  ['/401-metadata', /sign-in|401/i],
  ['/403', /403/],
  ['/future', /2099-01-01/],
  ['http://127.0.0.1:1/mcp', /fetch failed: bad port$/],
])('a server at %s is named with what it does', async (path, reason) => {
  const upstream = declare(path);
  const listing = await listTools(declare('/mcp'), host);
  const [operation] = toUpstreamOperations([{ upstream, listing }], new Set()).operations;
  await expect(callTool(operation, {}, { services })).rejects.toMatchObject({
    code: 'UPSTREAM_UNAVAILABLE',
    message: expect.stringMatching(reason) as never,
  });
  await expect(callTool(operation, {}, { services })).rejects.toThrow(/^upstream bad: /);
});

describe('client credentials', () => {
  let trusted: AuthorizationServer;
  let other: AuthorizationServer;
  beforeAll(async () => {
    [trusted, other] = await Promise.all([
      startAuthorizationServer(['worker']),
      startAuthorizationServer(['worker']),
    ]);
  });
  afterAll(async () => {
    await trusted[Symbol.asyncDispose]();
    await other[Symbol.asyncDispose]();
  });

  const call = async () => {
    const oauth = { issuer: trusted.issuer, clientId: 'worker', clientSecret: 'env:SECRET' };
    const declared = upstreams.parse({ bad: { url: `${server.origin}/oauth`, oauth } });
    const upstream = { ...declared['bad']!, name: 'bad' };
    const listing = await listTools(declare('/mcp'), host);
    const { operations } = toUpstreamOperations([{ upstream, listing }], new Set());
    const own = createServices(createTestHost([], { SECRET: CLIENT_SECRET }));
    const fine = operations.find(({ name }) => name === 'fine');
    return callTool(fine, {}, { services: own, idempotencyKey: String(Math.random()) }).finally(
      async () => own[Symbol.asyncDispose](),
    );
  };

  test('become a token of the issuer that they are for, which goes to the server', async () => {
    server.setIssuer(trusted.issuer);
    expect(await call()).toMatchObject({ content: [{ text: 'fine' }] });
    const sent = server.headers.filter(({ path }) => path === '/oauth');
    expect(sent.at(-1)?.authorization).toMatch(/^Bearer ey/);
    expect(JSON.stringify([sent, server.bodies])).not.toContain('a-secret-of-the-tests');
  });

  test('are not sent to another issuer that the server names', async () => {
    server.setIssuer(other.issuer);
    await expect(call()).rejects.toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
      message: expect.stringMatching(/^upstream bad: /) as never,
    });
    expect(other.requestsTo('/token')).toBe(0);
  });
});

test('nothing of the caller goes to the server but the arguments', async () => {
  const principal = 'ann-of-the-tests';
  const idempotencyKey = 'key-of-the-tests';
  await callTool(tools.get('fine'), { a: 1 }, { services, principal, idempotencyKey });
  const sent = JSON.stringify([server.headers, server.bodies]);
  expect(sent).toContain('{\\"a\\":1}');
  expect(sent).not.toContain('of-the-tests');
  expect(server.headers.filter(({ path }) => path === '/mcp')).not.toContainEqual(
    expect.objectContaining({ authorization: expect.anything() as never }),
  );
});
