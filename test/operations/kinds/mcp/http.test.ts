// Upstreams over HTTP: a server of the SDK, in both eras, and servers that answer as none should.
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler, Server } from '@modelcontextprotocol/server';
import * as z from 'zod';
import { InputRequired } from '../../../../src/contract/input.ts';
import { toUpstreamOperations } from '../../../../src/operations/kinds/mcp/operations.ts';
import { listTools, toListing } from '../../../../src/operations/kinds/mcp/tools.ts';
import { upstreams, type Upstream } from '../../../../src/operations/kinds/mcp/upstream.ts';
import type { Operation } from '../../../../src/operations/operation.ts';
import { createServices } from '../../../../src/operations/services.ts';
import { callTool } from '../../../support/operations/call-tool.ts';
import { createTestHost, type ContextOverrides } from '../../../support/operations/context.ts';

const QUESTION = {
  method: 'elicitation/create',
  params: {
    mode: 'form',
    message: 'Which shelf?',
    requestedSchema: { type: 'object', properties: { shelf: { type: 'string' } } },
  },
};
const TOOLS = ['echo', 'ask', 'large'].map((name) => ({ name, inputSchema: { type: 'object' } }));
const text = (said: string) => ({ content: [{ type: 'text' as const, text: said }] });

const handler = createMcpHandler(({ era }) => {
  const server = new Server({ name: 'peer', version: '1' }, { capabilities: { tools: {} } });
  server.setRequestHandler('tools/list', () => ({ tools: TOOLS as never }));
  const params = z.looseObject({ name: z.string() });
  server.setRequestHandler('tools/call', { params }, ({ name }, { mcpReq }) => {
    if (name === 'large') return text('x'.repeat(200_000));
    if (name === 'echo') return text(era);
    const { inputResponses } = mcpReq;
    if (inputResponses) return text(JSON.stringify([inputResponses, mcpReq.requestState()]));
    return {
      resultType: 'input_required',
      inputRequests: { which: QUESTION },
      requestState: 'state',
    };
  });
  return server;
});

const headers: IncomingHttpHeaders[] = [];
const answerMcp = toNodeHandler(handler);
const server = createServer((request, response) => {
  const status = Number(/^\/(\d+)/.exec(request.url ?? '')?.[1]);
  if (status) {
    response.writeHead(status, { location: 'http://127.0.0.1:1/mcp' }).end('<p>no</p>');
    return;
  }
  headers.push(request.headers);
  void answerMcp(request as never, response);
});
let origin = '';
const services = createServices(createTestHost([], { TOKEN: 'secret' }));

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await services[Symbol.asyncDispose]();
  server.closeAllConnections();
  server.close();
});

function declare(path: string): Upstream {
  const entry = {
    url: `${origin}${path}`,
    headers: { authorization: 'Bearer ${env:TOKEN}' },
    maxMessageBytes: 65_536,
  };
  return { ...upstreams.parse({ peer: entry })['peer']!, name: 'peer' };
}

async function define(): Promise<Map<string, Operation>> {
  const upstream = declare('/mcp');
  const listing = await listTools(upstream, createTestHost([], { TOKEN: 'secret' }));
  const { operations } = toUpstreamOperations([{ upstream, listing }], new Set());
  return new Map(operations.map((operation) => [operation.name, operation]));
}

async function run(operation: Operation | undefined, more: ContextOverrides = {}) {
  return callTool(operation, {}, { services, ...more });
}

test('a server is spoken to in the newer era, with the headers of the configuration', async () => {
  const tools = await define();
  expect(await run(tools.get('echo'))).toMatchObject(text('modern'));
  expect(new Set(headers.map(({ authorization }) => authorization))).toEqual(
    new Set(['Bearer secret']),
  );
});

test('a question of the newer era is one of the task, and its answer goes back with the state', async () => {
  const tools = await define();
  const key = { idempotencyKey: 'asks' };
  await expect(run(tools.get('ask'), key)).rejects.toBeInstanceOf(InputRequired);
  const response = { action: 'accept' as const, content: { shelf: 'B' } };
  const answer = await run(tools.get('ask'), { ...key, inputResponses: { question_1: response } });
  expect(answer).toMatchObject(text(JSON.stringify([{ which: response }, 'state'])));
});

test('an answer above the limit ends its call', async () => {
  const tools = await define();
  await expect(run(tools.get('large'))).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
  expect(await run(tools.get('echo'))).toMatchObject(text('modern'));
});

test.each([
  [401, /401|sign-in|unauthorized/i],
  [403, /403/],
  [307, /redirect|307/i],
  [500, /500/],
  [200, /./],
])('a server that answers %i is named with what it does', async (status, reason) => {
  const upstream = declare(`/${status}`);
  await expect(listTools(upstream, createTestHost([], { TOKEN: 'secret' }))).rejects.toThrow(
    reason,
  );
  const listing = toListing('peer', TOOLS);
  const [operation] = toUpstreamOperations([{ upstream, listing }], new Set()).operations;
  await expect(run(operation)).rejects.toMatchObject({
    code: 'UPSTREAM_UNAVAILABLE',
    message: expect.stringMatching(/^upstream peer: /) as never,
  });
});
