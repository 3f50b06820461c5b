// @ai-sdk/mcp, a client that is built on none of the official SDKs.
import { createMCPClient } from '@ai-sdk/mcp';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import {
  startConformanceGateway,
  type ConformanceGateway,
} from '../support/processes/conformance-gateway.ts';

const LIMIT_MS = 300_000;

let gateway: ConformanceGateway;
let client: Awaited<ReturnType<typeof createMCPClient>>;
beforeAll(async () => {
  gateway = await startConformanceGateway();
  client = await createMCPClient({ transport: { type: 'http', url: gateway.url } });
}, LIMIT_MS);
afterAll(async () => {
  await client.close();
  await gateway[Symbol.asyncDispose]();
}, LIMIT_MS);

test(
  'a typed tool is an AI SDK tool, and answers with its result',
  async () => {
    const tools = await client.tools();
    expect(Object.keys(tools)).toEqual(
      expect.arrayContaining(['greet', 'slow_compute', 'resolve_task_status']),
    );
    const options = { toolCallId: 'call', messages: [], context: {} };
    const answer: unknown = await tools['greet']!.execute({ name: 'AI' }, options);
    expect(JSON.stringify(answer)).toContain('Hello, AI!');
  },
  LIMIT_MS,
);

test(
  'a slow tool answers with a handle, by which the pair finds the task',
  async () => {
    const slow = await client.callTool({ name: 'slow_compute', arguments: { seconds: 600 } });
    const { task_ref } = slow.structuredContent as { task_ref: string };
    const read = await client.callTool({ name: 'resolve_task_status', arguments: { task_ref } });
    expect(read.structuredContent).toMatchObject({ task_ref, operation_type: 'slow_compute' });
    await client.callTool({ name: 'cancel_background_task', arguments: { task_ref } });
  },
  LIMIT_MS,
);

test(
  'a failed operation is an error with its own words',
  async () => {
    const failed = await client.callTool({ name: 'test_error_handling' });
    expect(failed).toMatchObject({ isError: true });
    expect(JSON.stringify(failed.content)).toContain('intentionally returns an error');
  },
  LIMIT_MS,
);
