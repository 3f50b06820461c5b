// docs/security.md as it is lived: a real client that knows nothing but the address finds the authorization server, fetches a
// token and calls the gateway; the configuration is the one of the page.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  Client,
  ClientCredentialsProvider,
  StreamableHTTPClientTransport,
} from '@modelcontextprotocol/client';
import { openGate } from '../../src/assembly/gate.ts';
import { loadConfig } from '../../src/config/index.ts';
import { startHttpGateway, type HttpGateway } from '../../src/mcp/http/gateway.ts';
import {
  CLIENT_SECRET,
  startAuthorizationServer,
  type AuthorizationServer,
} from '../support/peers/authorization-server.ts';
import { createFace } from '../support/gateways/face.ts';
import { freePort } from '../../src/local/ports.ts';
import { LIST, modernHeaders, send } from '../support/gateways/http-gateway.ts';
import { createWorkspace, type Workspace } from '../support/files/workspace.ts';

let server: AuthorizationServer;
let workspace: Workspace;
let gateway: HttpGateway;
const logged: unknown[] = [];
const face = createFace({
  principal: null,
  log: {
    debug: (...line: unknown[]) => void logged.push(line),
    error: (...line: unknown[]) => void logged.push(line),
  },
});
const seen = new Set<string>();

beforeAll(async () => {
  server = await startAuthorizationServer(['alice', 'bob', 'bob-opaque']);
  const port = await freePort();
  workspace = await createWorkspace({
    'longhaul.config.yaml': `
server: { port: ${port} }
auth:
  mode: oauth
  resource: http://127.0.0.1:${port}/mcp
  issuer: ${server.issuer}
  introspectionClientId: gateway
  introspectionClientSecret: env:INTROSPECTION_SECRET
  operationScopes:
    sleep: [refunds:write]
`,
  });
  const config = await loadConfig({ workingDirectory: workspace.directory, env: {} });
  const log = { warn: (...line: unknown[]) => void logged.push(line) };
  gateway = await startHttpGateway({
    factory: face.factory,
    host: '127.0.0.1',
    port,
    readiness: () => Promise.resolve({ ready: true, temporal: true, worker: true }),
    gate: await openGate(async () => CLIENT_SECRET, config, face.registry, log),
  });
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await workspace[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

async function connect(clientId: string, scope: string, mode: 'auto' | 'legacy' = 'auto') {
  const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode } });
  const transport = new StreamableHTTPClientTransport(new URL(gateway.url), {
    authProvider: new ClientCredentialsProvider({
      clientId,
      clientSecret: CLIENT_SECRET,
      scope,
      expectedIssuer: server.issuer,
    }),
  });
  await client.connect(transport);
  return {
    call: async (name: string, args: Record<string, unknown>) => {
      const { content } = await client.callTool({ name, arguments: args });
      return JSON.parse((content as { text: string }[])[0]!.text) as Record<string, unknown>;
    },
    [Symbol.asyncDispose]: () => client.close(),
  };
}

const BATCH = { operation_type: 'batch', parameters: {}, idempotency_key: 'same' };

describe.each(['auto', 'legacy'] as const)(
  'a client that finds everything by itself (%s)',
  (mode) => {
    test.each(['alice', 'bob', 'bob-opaque'])(
      '%s gets in, and has tasks of its own',
      async (name) => {
        await using client = await connect(name, 'tasks:read tasks:write', mode);
        const started = await client.call('initiate_background_task', {
          ...BATCH,
          idempotency_key: `${mode}/${name}`,
        });
        expect(started).toMatchObject({ status: 'queued', deduplicated: false });
        expect(seen.has(started['task_ref'] as string)).toBe(false);
        seen.add(started['task_ref'] as string);
      },
    );
  },
);

test('a client that may only read is refused a start, with all scopes that it takes', async () => {
  const token = await server.fetchToken('alice', gateway.url, 'tasks:read');
  const name = 'initiate_background_task';
  const body = LIST.replace('list_operations', name).replace(
    '"arguments":{}',
    `"arguments":${JSON.stringify({ ...BATCH, operation_type: 'sleep' })}`,
  );
  const headers = { ...modernHeaders, 'mcp-name': name, authorization: `Bearer ${token}` };
  const answer = await send(gateway.url, { headers, body });
  expect(answer.status).toBe(403);
  expect(answer.headers['www-authenticate']).toContain(
    'scope="tasks:read tasks:write refunds:write"',
  );
});

test('a client whose server is away is asked to come back, and its token still holds then', async () => {
  const token = await server.fetchToken('bob-opaque', gateway.url);
  const ask = () =>
    send(gateway.url, {
      headers: { ...modernHeaders, authorization: `Bearer ${token}` },
      body: LIST,
    });
  server.setReachable(false);
  const away = await ask();
  server.setReachable(true);
  expect(away).toMatchObject({ status: 503, headers: { 'retry-after': '5' } });
  expect(await ask()).toMatchObject({ status: 200 });
  expect(JSON.stringify([away, logged])).not.toContain(token);
});

test('no secret was logged', () => {
  expect(JSON.stringify(logged)).not.toMatch(/a-secret-of-the-tests|eyJ[\w-]{10}|Basic /);
});
