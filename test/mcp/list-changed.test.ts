// Clients hear that the list of tools has changed: of both eras, over HTTP and stdio.
import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  Client,
  StreamableHTTPClientTransport,
  type Transport,
} from '@modelcontextprotocol/client';
import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { serveStdioGateway } from '../../src/mcp/stdio/gateway.ts';
import { defineOperation } from '../../src/operations/define.ts';
import { createLiveRegistry, createRegistry } from '../../src/operations/registry.ts';
import { createFace } from '../support/gateways/face.ts';
import { startGateway } from '../support/gateways/http-gateway.ts';
import { until } from '../support/operations/context.ts';

const define = (...names: string[]) =>
  createRegistry(
    names.map((name) =>
      defineOperation({ name, description: `Does ${name}.`, input: z.object({}), run: () => null }),
    ),
  );

function createTools() {
  const registry = createLiveRegistry(define('one'));
  const listeners: (() => void)[] = [];
  return {
    face: { registry, watchTools: (listener: () => void) => void listeners.push(listener) },
    change: (...names: string[]) => {
      registry.replace(define(...names));
      for (const listener of listeners) listener();
    },
  };
}

/** A client that keeps the list which it was told to read again. */
async function connect(mode: 'auto' | 'legacy', transport: Transport) {
  const heard: string[][] = [];
  const onChanged = (_: unknown, tools: readonly { name: string }[] | null) =>
    void heard.push((tools ?? []).map(({ name }) => name));
  const client = new Client(
    { name: 'test', version: '1' },
    { versionNegotiation: { mode }, listChanged: { tools: { onChanged } } },
  );
  await client.connect(transport);
  return { client, heard };
}

describe.each(['auto', 'legacy'] as const)('in the era that %s chooses', (mode) => {
  test('over HTTP', async () => {
    const { face, change } = createTools();
    await using gateway = await startGateway({}, face);
    const { client, heard } = await connect(
      mode,
      new StreamableHTTPClientTransport(new URL(gateway.url)),
    );
    while (heard.length === 0) {
      change('one', 'two'); // the stream may not be open yet
      await sleep(500);
    }
    expect(heard[0]).toEqual(expect.arrayContaining(['one', 'two']));
    const { structuredContent } = await client.callTool({
      name: 'list_operations',
      arguments: { query: 'two' },
    });
    expect(structuredContent).toMatchObject({ operations: [{ operation_type: 'two' }] });
    await client.close();
  });

  test('over stdio', async () => {
    const { face, change } = createTools();
    const [input, output] = [new PassThrough(), new PassThrough()];
    const served = serveStdioGateway({ factory: createFace(face).factory, input, output });
    const { client, heard } = await connect(mode, createLineTransport(input, output));
    change('one', 'two');
    await until(() => heard.length > 0);
    expect(heard[0]).toEqual(expect.arrayContaining(['one', 'two']));
    await client.close();
    input.end();
    await served;
  });
});

test('a gateway whose tools never change opens no stream', async () => {
  await using gateway = await startGateway();
  const answer = await fetch(gateway.url, { headers: { accept: 'text/event-stream' } });
  expect(answer.status).toBe(405);
});

function createLineTransport(input: PassThrough, output: PassThrough): Transport {
  let rest = '';
  const transport: Transport = {
    start: async () => {
      output.setEncoding('utf8').on('data', (text: string) => {
        const lines = `${rest}${text}`.split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) transport.onmessage?.(JSON.parse(line) as never);
      });
    },
    send: async (message) => void input.write(`${JSON.stringify(message)}\n`),
    close: async () => transport.onclose?.(),
  };
  return transport;
}
