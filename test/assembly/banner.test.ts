import { expect, test } from '@jest/globals';
import * as z from 'zod';
import { describeResource } from '../../src/auth/metadata.ts';
import { announce, type Ready } from '../../src/assembly/banner.ts';
import { defineOperation } from '../../src/operations/define.ts';
import { createRegistry } from '../../src/operations/registry.ts';
import { createTestContext } from '../support/processes/command-context.ts';

const registry = createRegistry([
  defineOperation({
    name: 'report',
    description: 'Makes a report. Takes a minute.',
    input: z.object({}),
    run: () => null,
  }),
]);

const mcpUrl = 'http://127.0.0.1:7400/mcp';

/** What is said of a gateway. */
function toText(more: Partial<Ready>): string {
  const context = createTestContext('/');
  const nowhere = { uiUrl: null, metricsUrl: null, gate: null };
  const ready = { mcpUrl, ...nowhere, registry, unnamedBuiltins: [], startedInMs: 1200, ...more };
  announce(context, ready, false);
  return context.output();
}

/** The lines that add the gateway to a client. */
function toLines(gate: Ready['gate']): string[] {
  return toText({ gate })
    .split('\n')
    .filter((line) => /^ {4}(Claude Code|VS Code) /.test(line))
    .map((line) => line.trim());
}

test('the lines that add a gateway to a client work as they stand', () => {
  expect(toLines(null)).toEqual([
    `Claude Code   claude mcp add --transport http longhaul ${mcpUrl}`,
    `VS Code       code --add-mcp '{"name":"longhaul","type":"http","url":"${mcpUrl}"}'`,
  ]);
});

test('where a static token is needed, they say where it goes', () => {
  expect(toLines({ metadata: null })).toEqual([
    `Claude Code   claude mcp add --transport http longhaul ${mcpUrl} --header "Authorization: Bearer TOKEN"`,
    `VS Code       code --add-mcp '{"name":"longhaul","type":"http","url":"${mcpUrl}","headers":{"Authorization":"Bearer TOKEN"}}'`,
  ]);
});

test('with OAuth they name the resource, for which the client will ask a token', () => {
  const resource = 'https://longhaul.example.com/mcp';
  const issuer = 'https://login.example.com';
  const metadata = describeResource({ resource, endpoint: '/mcp', issuer, scopes: [], name: 'x' });
  expect(toLines({ metadata })).toEqual([
    `Claude Code   claude mcp add --transport http longhaul ${resource}`,
    `VS Code       code --add-mcp '{"name":"longhaul","type":"http","url":"${resource}"}'`,
  ]);
});

test('what is built in and not offered is said, with the way to offer it', () => {
  expect(toText({})).not.toContain('Off, since');
  const text = toText({ registry: createRegistry([]), unnamedBuiltins: ['approval', 'sleep'] });
  expect(text).toContain('Off, since callers authenticate: approval, sleep');
  expect(text).toContain('`tools.operations: { approval: true }`');
});
