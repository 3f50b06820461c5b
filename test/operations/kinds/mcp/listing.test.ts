import { expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { parse } from 'yaml';
import { toUpstreamOperations } from '../../../../src/operations/kinds/mcp/operations.ts';
import { listTools, toListing } from '../../../../src/operations/kinds/mcp/tools.ts';
import { upstreams, type Upstream } from '../../../../src/operations/kinds/mcp/upstream.ts';
import { createTestHost } from '../../../support/operations/context.ts';

const SERVER = fileURLToPath(new URL('../../../support/peers/mcp-server.js', import.meta.url));

function declare(name: string, more: object = {}): Upstream {
  return { ...upstreams.parse({ [name]: { command: 'true', ...more } })[name]!, name };
}

const toTools = (...names: string[]) =>
  names.map((name) => ({ name, inputSchema: { type: 'object' } }));

test('a tool that cannot be taken is named with its server, and keeps no other away', async () => {
  const upstream = declare('odd', { command: process.execPath, args: [SERVER, '', 'odd', 'many'] });
  const listing = await listTools(upstream, createTestHost());
  const { operations, problems } = toUpstreamOperations([{ upstream, listing }], new Set());
  expect(operations).toHaveLength(12 + 1 + 2_000);
  expect(operations.map(({ name }) => name)).toContain('dotted_name');
  const left = (tool: string, why: string) => `upstream odd: tool ${tool} is left out: ${why}`;
  expect(problems).toEqual([
    left('"add"', 'the server lists the name twice'),
    left('"lying"', 'its inputSchema is not of type object'),
    left('"broken"', 'its outputSchema is no JSON Schema'),
    left('null', 'its entry has no name or no schema'),
    left(`"${'n'.repeat(80)}"`, 'its name has more than 64 characters'),
  ]);
});

test('tools of one name get the names of their servers before them, and so does one that an operation has', () => {
  const offers = [declare('one'), declare('other'), declare('third', { prefix: 'x_' })].map(
    (upstream) => ({ upstream, listing: toListing(upstream.name, toTools('read', upstream.name)) }),
  );
  const { operations, problems } = toUpstreamOperations(offers, new Set(['other']));
  expect(operations.map(({ name }) => name)).toEqual([
    ...['one_read', 'one', 'other_read', 'other_other'],
    ...['x_read', 'x_third'],
  ]);
  expect(problems).toEqual([]);
});

test('a tool whose server may make tasks is left out where its rules say lane: activity', () => {
  const upstream = declare('lanes', {
    tools: { '*': { lane: 'activity' }, 'auto*': { lane: 'auto' } },
  });
  const execution = { taskSupport: 'optional' };
  const tools = toTools('quick', 'tasks', 'auto_tasks').map((tool) =>
    tool.name.endsWith('tasks') ? { ...tool, execution } : tool,
  );
  const listing = toListing('lanes', tools);
  const { operations, problems } = toUpstreamOperations([{ upstream, listing }], new Set());
  expect(operations.map(({ name, lane }) => [name, lane])).toEqual([
    ['quick', 'activity'],
    ['auto_tasks', 'auto'],
  ]);
  expect(problems).toEqual([
    expect.stringContaining(
      'upstream lanes: tool "tasks" is left out: operation tasks: lane: its server may make a task of a call',
    ),
  ]);
});

test.each([
  [{}, 'expected a command or a url, and not both'],
  [{ command: 'x', url: 'https://example.com' }, 'expected a command or a url, and not both'],
  [{ url: 'https://user:secret@example.com' }, 'expected an http or https address'],
  [{ command: 'x', env: ['A=b'] }, 'expected the name of a variable'],
])('%j is refused', (entry, message) => {
  expect(() => upstreams.parse({ shelf: entry })).toThrow(message);
});

test('docs/wrap.md shows a configuration that can be read, and has every option of an upstream', () => {
  const page = readFileSync(new URL('../../../../docs/wrap.md', import.meta.url), 'utf8');
  const [, example = ''] = /```yaml\n([^]*?)```/.exec(page) ?? [];
  const read = parse(example) as { upstreams: object };
  expect(Object.keys(upstreams.parse(read.upstreams))).toEqual(['files', 'crm']);
  const { additionalProperties } = z.toJSONSchema(upstreams, { io: 'input' }) as {
    additionalProperties: { properties: object };
  };
  for (const option of Object.keys(additionalProperties.properties)) {
    expect(page).toContain(`\`${option}\``);
  }
});
