// What `longhaul wrap` says where its server cannot be listed. That it serves is shown in test/e2e.
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { wrap } from '../../src/commands/wrap.ts';
import { createWorkspace, type Workspace } from '../support/files/workspace.ts';
import { createTestContext } from '../support/processes/command-context.ts';

const SERVER = fileURLToPath(new URL('../support/peers/changing-server.js', import.meta.url));

let workspace: Workspace;
beforeAll(async () => {
  workspace = await createWorkspace();
});
afterAll(async () => workspace[Symbol.asyncDispose]());

/** Wraps for a client that leaves at once; no Temporal is needed, and none is there. */
const run = async (server: readonly string[], http = false) => {
  const env = { XDG_STATE_HOME: workspace.directory, TEMPORAL_ADDRESS: '127.0.0.1:1' };
  return wrap(createTestContext(workspace.directory, env), server, { name: 'shelf', http });
};

test.each([
  [401, "HTTP 401; a token goes to it by --header 'authorization: Bearer ${env:TOKEN}'"],
  [403, "HTTP 403; a token goes to it by --header 'authorization: Bearer ${env:TOKEN}'"],
  [404, 'HTTP 404'],
])('a server that answers with %i is not served, and why is said at once', async (status, why) => {
  const server = createServer((_, response) => response.writeHead(status).end()).listen(
    0,
    '127.0.0.1',
  );
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  for (const http of [false, true]) {
    await expect(run([`http://127.0.0.1:${port}/mcp`], http)).rejects.toThrow(
      new Error(`upstream shelf cannot be served: it answered with ${why}`),
    );
  }
  server.close();
});

test('a server that was listed before is served also while it is away', async () => {
  await workspace.write('server.mjs', `await import(${JSON.stringify(SERVER)});`);
  const command = [process.execPath, 'server.mjs', join(workspace.directory, 'described')];
  expect(await run(command)).toBe(0);
  await rm(join(workspace.directory, 'server.mjs'));
  expect(await run(command)).toBe(0);
  await expect(run([...command, 'another'])).rejects.toThrow('ended with code 1');
});
