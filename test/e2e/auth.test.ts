// Static tokens from the command line to a call, and a gateway that will not listen without.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { LIST, modernHeaders, send } from '../support/gateways/http-gateway.ts';
import { createHome, type Home } from '../support/processes/home.ts';
import { startLonghaul } from '../support/processes/longhaul.ts';
import { callModern } from '../support/clients/json-rpc.ts';

let home: Home;
beforeAll(async () => {
  home = await createHome();
});
afterAll(async () => home[Symbol.asyncDispose]());

test('beyond loopback nothing starts without authentication, and one sentence says why', async () => {
  const { exitCode, stdout, stderr } = await home.run(['dev', '--host', '0.0.0.0', '--port', '0']);
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  expect(stderr.trim().split('\n')).toEqual([
    expect.stringContaining('refusing to listen on 0.0.0.0 without authentication'),
  ]);
});

test('a token that was added opens a gateway to its owner, an operator sees its tasks, and removed it is refused', async () => {
  await writeFile(
    join(home.path, 'longhaul.config.yaml'),
    'auth: { mode: tokens }\ntools: { operations: { sleep: true } }\n',
  );
  const added = await home.run(['token', 'add', 'ci']);
  const token = added.stdout.trim();
  expect(added).toMatchObject({ exitCode: 0, stderr: expect.not.stringContaining(token) });
  await using gateway = await startLonghaul('dev', ['--port', '0'], { cwd: home.path });
  const authorization = `Bearer ${token}`;
  const list = (headers: Record<string, string>) =>
    send(gateway.mcpUrl, { headers: { ...modernHeaders, ...headers }, body: LIST });
  expect((await list({})).status).toBe(401);
  expect((await list({ authorization })).status).toBe(200);

  const sleep = { operation_type: 'sleep', parameters: { seconds: 0 }, wait_seconds: 20 };
  const params = { name: 'initiate_background_task', arguments: sleep };
  const headers = { authorization };
  const { result } = await callModern(gateway.mcpUrl, 'tools/call', params, {}, headers);
  const { task_ref } = result['structuredContent'] as { task_ref: string };
  const shown = await home.run(['tasks', 'show', task_ref, '--principal', 'ci', '--json']);
  expect(JSON.parse(shown.stdout)).toMatchObject({ task_ref, status: 'completed' });
  expect((await home.run(['tasks', 'show', task_ref])).exitCode).toBe(1);

  expect((await home.run(['token', 'remove', 'ci'])).exitCode).toBe(0);
  while ((await list({ authorization })).status !== 401);
  expect(await gateway.stop()).toBe(0);
  expect(gateway.log()).not.toContain(token);
  expect(gateway.log()).not.toMatch(/no workflows/i); // the worker of callbacks has none, and that is meant
});
