import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { serveStdioGateway } from '../../../src/mcp/stdio/gateway.ts';
import { connectClient, DIALECTS } from '../../support/clients/mcp-clients.ts';
import { createFace } from '../../support/gateways/face.ts';

const program = fileURLToPath(new URL('../../support/gateways/stdio-gateway.ts', import.meta.url));
const target = {
  command: process.execPath,
  args: ['--disable-warning=ExperimentalWarning', program],
};

describe.each(DIALECTS)('over stdio, for %s', (dialect) => {
  // In auto mode @modelcontextprotocol/client starts the program twice, once only to probe it (clients.md 12).
  test('the pair works', async () => {
    await using client = await connectClient(dialect, target);
    const { task_ref } = (
      await client.call('initiate_background_task', {
        operation_type: 'sleep',
        parameters: { seconds: 1 },
      })
    ).json;
    expect((await client.call('resolve_task_status', { task_ref })).json.status).toBe('pending');
    expect((await client.call('cancel_background_task', { task_ref })).json).toMatchObject({
      cancellation: 'confirmed',
    });
    expect((await client.call('resolve_task_status', { task_ref: 'x' })).isError).toBe(true);
  });
});

test('the program writes nothing but MCP to its output and ends with its input', async () => {
  const child = spawn(target.command, target.args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  const send = (message: object) =>
    child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  child.stdin.write('this is not JSON\n');
  send({
    id: 1,
    method: 'initialize',
    params: {
      protocolVersion: '2025-11-25',
      capabilities: {},
      clientInfo: { name: 'raw', version: '1' },
    },
  });
  send({ method: 'notifications/initialized' });
  send({ id: 2, method: 'tools/call', params: { name: 'list_operations', arguments: {} } });
  while (!Buffer.concat(chunks).includes('"id":2')) await once(child.stdout, 'data');
  child.stdin.end();
  expect(await exited).toEqual([0, null]);
  const lines = Buffer.concat(chunks).toString().trimEnd().split('\n');
  const messages = lines.map((line) => JSON.parse(line) as { jsonrpc: string; id: number | null });
  expect(messages[0]).toMatchObject({ error: { code: -32_700 } });
  expect(messages.map(({ jsonrpc, id }) => [jsonrpc, id])).toEqual([
    ['2.0', null],
    ['2.0', 1],
    ['2.0', 2],
  ]);
});

// clients.md 31
test('what a script sends at once is answered, with a byte order mark and without a last line end', async () => {
  const child = spawn(target.command, target.args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const [initialize, call] = [
    {
      id: 1,
      method: 'initialize',
      params: {
        protocolVersion: '2025-11-25',
        capabilities: {},
        clientInfo: { name: 'script', version: '1' },
      },
    },
    { id: 2, method: 'tools/call', params: { name: 'list_operations' } },
  ].map((message) => JSON.stringify({ jsonrpc: '2.0', ...message }));
  child.stdin.end(`\ufeff${initialize}\r\n${call}`);
  const answers = (await text(child.stdout)).trimEnd().split('\n');
  expect(await exited).toEqual([0, null]);
  expect(answers.map((line) => JSON.parse(line) as object)).toMatchObject([
    { id: 1, result: {} },
    { id: 2, result: { structuredContent: {} } },
  ]);
});

test('a shutdown answers what is running before it ends', async () => {
  const { factory, tasks } = createFace();
  const input = new PassThrough();
  const output = new PassThrough();
  const stopping = new AbortController();
  const served = serveStdioGateway({ factory, input, output, signal: stopping.signal });
  const { task } = await tasks.start(
    { principal: 'local' },
    { operation: 'sleep', parameters: { seconds: 1 } },
  );
  const call = {
    jsonrpc: '2.0',
    id: 1,
    method: 'tools/call',
    params: {
      name: 'resolve_task_status',
      arguments: { task_ref: task.taskRef, wait_seconds: 20 },
    },
  };
  input.write(`${JSON.stringify(call)}\n`);
  await tasks.whenWaiting();
  stopping.abort();
  await served;
  expect(JSON.parse(String(output.read()))).toMatchObject({
    id: 1,
    result: { structuredContent: { status: 'pending' } },
  });
});
