import { expect, test } from '@jest/globals';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { toTaskMeta, toToolMeta } from '../../src/mcp/client-hints.ts';
import { CONTROL_TOOL_NAMES } from '../../src/mcp/control/tools.ts';
import { createFace } from '../support/gateways/face.ts';

test('a client that searches for tools shows the pair at once', async () => {
  const client = new Client({ name: 'test', version: '1' });
  const { url, fetch } = createFace().target;
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { fetch }));
  const { tools } = await client.listTools();

  const shown = tools.filter(({ _meta }) => _meta?.['anthropic/alwaysLoad'] === true);
  expect(shown.map(({ name }) => name)).toEqual([
    'initiate_background_task',
    'resolve_task_status',
  ]);
  await client.close();
});

test.each([
  [5_000, 0],
  [20_000, 4],
])(
  'a budget of %d tokens is told to a client that would write such answers into a file',
  (budget, count) => {
    const metas = [...CONTROL_TOOL_NAMES].map((name) => toToolMeta(name, budget));
    const told = metas.flatMap((meta) => meta?.['anthropic/maxResultSizeChars'] ?? []);

    expect(told).toEqual(Array.from({ length: count }, () => budget * 6));
  },
);

test('what a client puts before its model at the start of a task finds the task again', () => {
  const meta = toTaskMeta({
    taskRef: 'k.AAAAAAAAAAAAAAAAAAAAAA',
    operation: 'report',
    idempotencyKey: 'k',
    createdAt: 0,
    updatedAt: 0,
    deadline: 0,
    expiresAt: null,
    retentionMs: 0,
    cancelRequested: false,
    usual: { earlyMs: 12_000, middleMs: 13_000, lateMs: 15_000 },
    state: { status: 'pending', workerPresent: null },
  });

  expect(meta).toEqual({
    'com.anthropic/agent-task': {
      modelImmediateResponse:
        'report runs in the background (usually 12 to 15 s). Its task_ref is k.AAAAAAAAAAAAAAAAAAAAAA, its idempotency_key "k": ' +
        'they find it again, also in another session.',
    },
  });
});
