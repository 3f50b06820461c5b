// Every refusal is told once, whichever part of the gateway makes it.
import { describe, expect, test } from '@jest/globals';
import { modernHeaders, send, startGateway, toModern } from '../support/gateways/http-gateway.ts';
import { startStaticGate } from '../support/gateways/static-gate.ts';

/** A gateway whose refusals are kept, and a way to send it a message. */
async function start(gate: Parameters<typeof startGateway>[0] = {}) {
  const told: [what: string, code: string][] = [];
  const running = await startGateway(
    { maxBodyBytes: 4_096, ...gate },
    { onRefusal: (what, code) => told.push([what, code]) },
  );
  const ask = (method: string, params: object, headers: Record<string, string> = {}) => {
    const { name, taskId } = params as { readonly name?: string; readonly taskId?: string };
    const named = name ?? taskId;
    return send(running.url, {
      headers: {
        ...modernHeaders,
        'mcp-method': method,
        ...(named !== undefined && { 'mcp-name': named }),
        ...headers,
      },
      body: toModern(method, params),
    });
  };
  return { ...running, told, ask };
}

const call = (name: string, args: object) => ({ name, arguments: args });
const UNKNOWN = { task_ref: 'nothing.AAAAAAAAAAAAAAAAAAAAAA' };

describe('a refusal is told by what was asked for and why, when', () => {
  test.each<[string, string, object, string, string]>([
    [
      'the task service makes it',
      'tools/call',
      call('resolve_task_status', UNKNOWN),
      'resolve_task_status',
      'TASK_NOT_FOUND',
    ],
    [
      'the arguments do not fit the tool',
      'tools/call',
      call('resolve_task_status', {}),
      'resolve_task_status',
      'INVALID_PARAMETERS',
    ],
    [
      'the operation is not there',
      'tools/call',
      call('initiate_background_task', { operation_type: 'nothing', parameters: {} }),
      'initiate_background_task',
      'UNKNOWN_OPERATION',
    ],
    [
      'the parameters do not fit the operation',
      'tools/call',
      call('sleep', { seconds: -1 }),
      'sleep',
      'INVALID_PARAMETERS',
    ],
    ['the tool is not there', 'tools/call', call('nothing', {}), 'nothing', '-32602'],
    ['the method needs what is not declared', 'tasks/get', { taskId: 'x' }, 'tasks/get', '-32021'],
  ])('%s', async (_, method, params, what, code) => {
    await using gateway = await start();
    await gateway.ask(method, params);
    expect(gateway.told).toEqual([[what, code]]);
  });

  test('the gate makes it', async () => {
    await using guard = await startStaticGate({ reader: ['tasks:read'] });
    await using gateway = await start({ gate: guard.gate });
    const list = call('list_background_tasks', {});
    await gateway.ask('tools/call', list);
    await gateway.ask('tools/call', call('cancel_background_task', UNKNOWN), {
      authorization: guard.headerOf('reader'),
    });
    expect(gateway.told).toEqual([
      ['', '401'],
      ['cancel_background_task', '403'],
    ]);
  });

  test('no message was read', async () => {
    await using gateway = await start();
    await send(gateway.url, { headers: { host: 'evil.example.com' }, body: '{}' });
    await send(gateway.url, { body: 'no JSON' });
    await send(gateway.url, { body: JSON.stringify('x'.repeat(5_000)) });
    expect(gateway.told).toEqual([
      ['', '403'],
      ['', '400'],
      ['', '413'],
    ]);
  });
});

test('an answer is no refusal', async () => {
  await using gateway = await start();
  await gateway.ask('tools/call', call('list_background_tasks', {}));
  await gateway.ask('tools/list', {});
  expect(gateway.told).toEqual([]);
});
