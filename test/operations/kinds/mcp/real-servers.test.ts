// Servers that no one here wrote: what they list and answer directly, and the same through operations.
import { createRequire } from 'node:module';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import * as z from 'zod';
import type { JsonObject } from '../../../../src/contract/json.ts';
import { toUpstreamOperations } from '../../../../src/operations/kinds/mcp/operations.ts';
import { listTools } from '../../../../src/operations/kinds/mcp/tools.ts';
import { upstreams } from '../../../../src/operations/kinds/mcp/upstream.ts';
import { createServices } from '../../../../src/operations/services.ts';
import { callTool } from '../../../support/operations/call-tool.ts';
import { createTestHost } from '../../../support/operations/context.ts';

const require = createRequire(import.meta.url);
const directory = mkdtempSync(join(tmpdir(), 'longhaul-'));
const file = join(directory, 'a.txt');
const host = createTestHost();
const services = createServices(host);
const anything = z.looseObject({});

afterAll(async () => {
  await services[Symbol.asyncDispose]();
  rmSync(directory, { recursive: true });
});

const CASES: readonly {
  readonly server: string;
  readonly args: readonly string[];
  readonly calls: readonly (readonly [string, JsonObject])[];
}[] = [
  {
    server: require.resolve('@modelcontextprotocol/server-everything/dist/index.js'),
    args: [],
    calls: [
      ['echo', { message: 'ä' }],
      ['get-sum', { a: 2, b: 3 }],
      ['get-sum', { a: 'x' }],
      ['get-tiny-image', {}],
      ['get-annotated-message', { messageType: 'error', includeImage: true }],
      ['get-resource-links', { count: 3 }],
      ['get-structured-content', { location: 'Chicago' }],
      ['trigger-long-running-operation', { duration: 0.2, steps: 2 }],
    ],
  },
  {
    server: require.resolve('@modelcontextprotocol/server-filesystem/dist/index.js'),
    args: [directory],
    calls: [
      ['write_file', { path: file, content: 'one\ntwo\n' }],
      ['read_text_file', { path: file, head: 1 }],
      ['read_media_file', { path: file }],
      ['list_directory', { path: directory }],
      ['read_text_file', { path: '/etc/passwd' }],
      ['list_allowed_directories', {}],
    ],
  },
  {
    server: require.resolve('@modelcontextprotocol/server-memory/dist/index.js'),
    args: [],
    calls: [
      ['read_graph', {}],
      ['search_nodes', { query: 'nothing' }],
      ['open_nodes', { names: ['nobody'] }],
    ],
  },
];

test.each(CASES)(
  '$server lists and answers the same',
  async ({ server, args, calls }) => {
    writeFileSync(file, 'one\ntwo\n');
    const command = [server, ...args];
    const direct = new Client({ name: 'direct', version: '1' });
    const transport = { command: process.execPath, args: command, stderr: 'ignore' as const };
    await direct.connect(new StdioClientTransport(transport));
    const name = 'real';
    const declared = upstreams.parse({ [name]: { command: process.execPath, args: command } });
    const upstream = { ...declared[name]!, name };
    const listing = await listTools(upstream, host);
    const { operations, problems } = toUpstreamOperations([{ upstream, listing }], new Set());
    expect(problems).toEqual([]);
    const { tools } = await direct.request({ method: 'tools/list', params: {} }, anything);
    // Tools that a server offers only to clients with sampling or roots are not offered to this one either.
    const own = (tools as { name: string }[]).map((tool) => JSON.stringify(tool));
    const wrapped = operations.map(({ tool }) => JSON.stringify(tool?.listed));
    expect(wrapped).toEqual(expect.arrayContaining(own));
    for (const [tool, parameters] of calls) {
      const params = { name: tool, arguments: parameters };
      const expected = await direct.request({ method: 'tools/call', params }, anything);
      const operation = operations.find((one) => one.name === tool);
      const key = { services, idempotencyKey: `${tool}-${Math.random()}` };
      const got = await callTool(operation, parameters, key);
      expect(JSON.stringify(got)).toBe(JSON.stringify(expected));
    }
    await direct.close();
  },
  120_000,
);
