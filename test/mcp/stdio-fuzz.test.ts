// What can come in over stdio, at random: every line that asks gets one answer, and the next line is served.
import { PassThrough } from 'node:stream';
import { createInterface } from 'node:readline';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { serveStdioGateway } from '../../src/mcp/stdio/gateway.ts';
import { createFace, DEFAULT_POLLING } from '../support/gateways/face.ts';
import {
  createHostileRegistry,
  hostileCall,
  hostileMessage,
  hostileMeta,
  SECRET,
  startTargets,
  toModernMeta,
} from './hostile-calls.ts';

/** A gateway over stdio and its lines. */
async function start() {
  const face = createFace({
    registry: createHostileRegistry(),
    polling: { ...DEFAULT_POLLING, waitCapSeconds: 0, holdSeconds: 0 },
    tools: { pair: true, typed: true, inlineWaitSeconds: 0 },
  });
  await startTargets(face.tasks);
  const input = new PassThrough();
  const output = new PassThrough();
  const served = serveStdioGateway({ factory: face.factory, input, output });
  const lines = createInterface({ input: output })[Symbol.asyncIterator]();
  return {
    face,
    write: (line: string) => void input.write(`${line.replaceAll('\n', ' ')}\n`),
    /** The next answer. */
    read: async () => {
      const { value } = (await lines.next()) as { value: string };
      return value;
    },
    [Symbol.asyncDispose]: async () => {
      input.end();
      await served;
    },
  };
}

const SHAPES = {
  legacy: {
    jsonrpc: '2.0',
    id: 'hello',
    method: 'initialize',
    params: {
      protocolVersion: '2025-11-25',
      capabilities: {},
      clientInfo: { name: 'fuzz', version: '1' },
    },
  },
  modern: {
    jsonrpc: '2.0',
    id: 'hello',
    method: 'server/discover',
    params: { _meta: toModernMeta({}) },
  },
} as const;

test.each(['legacy', 'modern'] as const)('a %s session survives every line', async (era) => {
  const line = fc.oneof(
    hostileMessage,
    fc.tuple(hostileCall, hostileMeta).map(([{ name, args }, _meta]) =>
      JSON.stringify({
        jsonrpc: '2.0',
        id: 'call',
        method: 'tools/call',
        params: { name, arguments: args, ...(era === 'modern' && { _meta }) },
      }),
    ),
  );
  const property = fc.asyncProperty(fc.array(line, { maxLength: 5 }), async (lines) => {
    await using session = await start();
    session.write(JSON.stringify(SHAPES[era]));
    expect(JSON.parse(await session.read())).toMatchObject({ id: 'hello', result: {} });
    for (const one of lines) session.write(one);
    const params = { name: 'list_operations', arguments: {}, _meta: toModernMeta({}) };
    session.write(JSON.stringify({ jsonrpc: '2.0', id: 'last', method: 'tools/call', params }));
    const answers: string[] = [];
    while (!answers.at(-1)?.includes('"id":"last"')) answers.push(await session.read());
    for (const answer of answers) {
      expect(answer).not.toMatch(/node_modules|node:internal|RangeError|TypeError|Cannot read/);
      expect(answer).not.toContain(SECRET);
      expect(answer).not.toMatch(/\\ud[89a-f]/i);
      expect(answer).not.toContain('-32603');
      expect(JSON.parse(answer)).toMatchObject({ jsonrpc: '2.0' });
    }
    expect(session.face.errors).toEqual([]);
  });
  await fc.assert(property, { numRuns: 25, timeout: 100_000, interruptAfterTimeLimit: 50_000 });
});
