// Operations that need a scope of their own are shown to those who have it, and to nobody else.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { send, toModern } from '../../support/gateways/http-gateway.ts';
import { startGuardedGateway, type GuardedGateway } from './guarded-gateway.ts';

let running: GuardedGateway;

beforeAll(async () => {
  running = await startGuardedGateway();
});

afterAll(async () => {
  await running[Symbol.asyncDispose]();
});

interface ShownTool {
  readonly name: string;
  readonly description: string;
  readonly inputSchema: { readonly properties: { readonly operation_type?: { enum?: string[] } } };
}

async function listTools(who: string, era: 'modern' | 'legacy'): Promise<readonly ShownTool[]> {
  const isModern = era === 'modern';
  const { text } = await send(running.url, {
    headers: {
      'mcp-protocol-version': isModern ? '2026-07-28' : '2025-11-25',
      ...(isModern && { 'mcp-method': 'tools/list' }),
      authorization: running.headerOf(who),
    },
    body: isModern
      ? toModern('tools/list', {})
      : JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} }),
  });
  const json = /^data: (.*)$/m.exec(text)?.[1] ?? text;
  return (JSON.parse(json) as { result: { tools: ShownTool[] } }).result.tools;
}

async function call(who: string, tool: string, args: object) {
  const { text } = await running.call(who, tool, args);
  const { result } = JSON.parse(text) as { result: { content: { text: string }[] } };
  return JSON.parse(result.content[0]!.text) as {
    operations?: { operation_type: string }[];
    error?: { code: string; details: { operations: string[] } };
  };
}

describe.each(['modern', 'legacy'] as const)('tools/list of a %s connection', (era) => {
  test.each([
    ['sleeper', ['batch', 'sleep']],
    ['writer', ['batch']],
    ['reader', ['batch']],
  ])('shows to %s the operations that its scopes allow', async (who, names) => {
    const [initiate, ...others] = await listTools(who, era);

    expect(initiate!.inputSchema.properties.operation_type).toMatchObject({ enum: names });
    expect(initiate!.description.includes('- sleep')).toBe(names.includes('sleep'));
    expect(others.map(({ name }) => name).filter((name) => /^(batch|sleep)$/.test(name))).toEqual(
      names,
    );
  });
});

test('list_operations shows, finds and describes no other', async () => {
  const names = async (who: string, args: object) =>
    (await call(who, 'list_operations', args)).operations?.map((one) => one.operation_type);

  expect(await names('sleeper', {})).toEqual(['batch', 'sleep']);
  expect(await names('writer', {})).toEqual(['batch']);
  expect(await names('writer', { query: 'sleep' })).toEqual([]);
  const refused = await call('writer', 'list_operations', { operation_type: 'sleep' });
  expect(refused.error).toMatchObject({
    code: 'UNKNOWN_OPERATION',
    details: { operations: ['batch'] },
  });
});

test('what is not shown can be asked for: its call says which scope it lacks', async () => {
  const refused = await running.call('writer', 'sleep', { seconds: 1 });

  expect(refused.status).toBe(403);
  expect(refused.headers['www-authenticate']).toContain('sleeps:write');
});
