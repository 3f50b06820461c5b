import { expect, test } from '@jest/globals';
import * as z from 'zod';
import { describeResource } from '../../src/auth/metadata.ts';
import { announce } from '../../src/commands/banner.ts';
import { defineOperation } from '../../src/operations/define.ts';
import { createRegistry } from '../../src/operations/registry.ts';
import { createTestContext } from '../support/command-context.ts';

const registry = createRegistry([
  defineOperation({
    name: 'report',
    description: 'Makes a report. Takes a minute.',
    input: z.object({}),
    run: () => null,
  }),
]);

const mcpUrl = 'http://127.0.0.1:7400/mcp';

/** The lines that add the gateway to a client. */
function toLines(gate: Parameters<typeof announce>[1]['gate']): string[] {
  const context = createTestContext('/');
  const ready = { mcpUrl, uiUrl: null, metricsUrl: null, registry, gate, startedInMs: 1200 };
  announce(context, ready, false);
  return context
    .output()
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
