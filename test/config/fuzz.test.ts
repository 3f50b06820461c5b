// Configurations as no person would write them, at random: each is loaded, or refused with all that is wrong and nothing
// that may be a secret.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Json } from '../../src/contract/json.ts';
import { CONFIG_JSON_SCHEMA } from '../../src/config/explain/option.ts';
import { ConfigError, loadConfig } from '../../src/config/index.ts';
import { KINDS } from '../../src/operations/kinds/index.ts';
import { deepText, hostileJson, hostileText } from '../support/operations/hostile-values.ts';
import { createWorkspace, type Workspace } from '../support/files/workspace.ts';

const SECRET = 'what-the-environment-keeps';
const env = { SECRET, UPSTREAM: `https://user:${SECRET}@example.com` };
const RUNS = { numRuns: 100, timeout: 100_000, interruptAfterTimeLimit: 60_000 };

let workspace: Workspace;
beforeAll(async () => {
  workspace = await createWorkspace();
});
afterAll(async () => workspace[Symbol.asyncDispose]());

/** Loads a file with this content; fails unless it is taken, or refused by a ConfigError that shows no secret. */
async function load(name: string, content: string): Promise<void> {
  const file = await workspace.write(name, content);
  const thrown: unknown = await loadConfig({
    workingDirectory: workspace.directory,
    file,
    env,
  }).then(
    () => null,
    (error: unknown) => error,
  );
  if (thrown === null) return;
  expect(thrown).toBeInstanceOf(ConfigError);
  const { message } = thrown as ConfigError;
  expect(message).toMatch(/^The configuration cannot be used:\n/);
  expect(message).not.toContain(SECRET);
  expect(message).not.toMatch(/node_modules|node:internal|RangeError|call stack|Cannot read/);
}

/** YAML that asks much of a parser. */
const trickyYaml = fc.constantFrom(
  'a: &a [*a]',
  'server: &s { port: 1, more: *s }',
  `a: &a [x, x, x, x, x, x, x, x, x]\nb: &b [${'*a, '.repeat(9)}]\nc: &c [${'*b, '.repeat(9)}]\nd: &d [${'*c, '.repeat(9)}]\ne: [${'*d, '.repeat(9)}]`,
  '!!js/function "x"',
  'server: !!binary aGVsbG8=',
  'server: !unknown { port: 1 }',
  '<<: { server: { port: 1 } }',
  '--- 1\n--- 2',
  '? { a: 1 }\n: 2',
  '? [server]\n: { port: 1 }',
  'server:\n\tport: 1',
  'server: 2026-01-01',
  '%YAML 9.9\n---\nserver: {}',
  'server: { port: 0x1F, host: .nan }',
  'operations: { __proto__: { kind: http } }',
  `${'- '.repeat(5_000)}x`,
  `${'{ a: '.repeat(3_000)}1${' }'.repeat(3_000)}`,
);

const groups = Object.entries(
  CONFIG_JSON_SCHEMA['properties'] as Record<string, { properties?: Record<string, Json> }>,
);

/** Groups and options that exist, with anything in them. */
const options = fc
  .array(
    fc.constantFrom(...groups).chain(([group, { properties = {} }]) => {
      const names = Object.keys(properties);
      const name = fc.oneof(names.length > 0 ? fc.constantFrom(...names) : hostileText, {
        weight: 1,
        arbitrary: hostileText,
      });
      return fc.tuple(
        fc.constant(group),
        fc.oneof(
          { weight: 4, arbitrary: fc.dictionary(name, hostileJson, { maxKeys: 3 }) },
          { weight: 1, arbitrary: hostileJson },
        ),
      );
    }),
    { maxLength: 4 },
  )
  .map((entries) => Object.fromEntries(entries));

const template = fc.oneof(
  hostileText,
  fc
    .array(
      fc.oneof(
        fc.constantFrom('{a}', '{a.b}', '${env:SECRET}', '${file:/x}', '{{', '}}', '{', '}', '$'),
        fc.constantFrom(
          'https://example.com',
          '${env:UPSTREAM}',
          '/',
          '?',
          '&',
          '=',
          '#',
          '@',
          ':',
        ),
        hostileText,
      ),
      { maxLength: 6 },
    )
    .map((parts) => parts.join('')),
);
const value = fc.oneof(template, hostileJson);
const schema = fc.oneof(
  hostileJson,
  fc.record(
    {
      type: fc.oneof(fc.constantFrom('object', 'string', 'array'), hostileJson),
      properties: fc.dictionary(fc.constantFrom('a', 'b', '__proto__', 'constructor'), hostileJson),
      required: hostileJson,
      pattern: fc.constantFrom<Json>('(', '(a+)+$', '[', '\\', 5),
      $ref: fc.constantFrom<Json>('#', '#/$defs/a', '#/$defs/missing', 'https://example.com', 5),
      $defs: fc.constant<Json>({ a: { $ref: '#/$defs/a' } }),
      items: hostileJson,
      anyOf: hostileJson,
    },
    { requiredKeys: [] },
  ),
);
const exchange = fc.record(
  {
    method: fc.oneof(fc.constantFrom('GET', 'POST'), value),
    url: value,
    headers: fc.oneof(fc.dictionary(hostileText, value, { maxKeys: 3 }), hostileJson),
    body: value,
    handle: value,
    status: value,
    done: fc.oneof(fc.array(value, { maxLength: 2 }), value),
    failed: hostileJson,
    result: value,
  },
  { requiredKeys: ['url'] },
);
const declaration = fc.record(
  {
    kind: fc.oneof(
      { weight: 9, arbitrary: fc.constantFrom(...KINDS.map(({ kind }) => kind)) },
      value,
    ),
    description: fc.oneof(fc.constant('Does it.'), value),
    input: schema,
    output: schema,
    request: fc.oneof(exchange, hostileJson),
    submit: fc.oneof(exchange, hostileJson),
    poll: fc.oneof(exchange, hostileJson),
    response: hostileJson,
    policy: hostileJson,
    idempotencyKey: value,
  },
  { requiredKeys: ['kind', 'description'] },
);

describe('a configuration file is loaded or refused', () => {
  test('whatever text it is', async () => {
    const name = fc.constantFrom('c.yaml', 'c.json');
    const content = fc.oneof(
      hostileText,
      deepText,
      trickyYaml,
      hostileJson.map((v) => JSON.stringify(v)),
    );
    await fc.assert(fc.asyncProperty(name, content, load), { ...RUNS, numRuns: 60 });
  });

  test('whatever its options are', async () => {
    const property = fc.asyncProperty(options, async (data) =>
      load('c.json', JSON.stringify(data)),
    );
    await fc.assert(property, RUNS);
  });

  test('whatever its operations are', async () => {
    const name = fc.oneof(fc.constantFrom('report', 'a-b'), hostileText);
    const operations = fc.oneof(fc.dictionary(name, declaration, { minKeys: 1, maxKeys: 2 }));
    const property = fc.asyncProperty(operations, async (declared) =>
      load('c.json', JSON.stringify({ operations: declared })),
    );
    await fc.assert(property, RUNS);
  });

  test('whatever the environment says', async () => {
    const names = [
      'LONGHAUL_PORT',
      'LONGHAUL_HOST',
      'LONGHAUL_ALLOWED_HOSTS',
      'LONGHAUL_AUTH_MODE',
    ];
    const variables = fc.dictionary(
      fc.constantFrom(...names, 'LONGHAUL_LOG_LEVEL', 'LONGHAUL_DATA_DIR', 'LONGHAUL_AUTH_ISSUER'),
      hostileText.filter((text) => !text.includes('\0')),
    );
    const property = fc.asyncProperty(variables, async (given) => {
      const loaded = loadConfig({
        workingDirectory: workspace.directory,
        env: given,
        file: await workspace.write('c.yaml', ''),
      });
      const thrown: unknown = await loaded.then(
        () => null,
        (error: unknown) => error,
      );
      expect(thrown === null || thrown instanceof ConfigError).toBe(true);
    });
    await fc.assert(property, RUNS);
  });
});

test('no prototype was touched', () => {
  expect(Object.keys(Object.prototype)).toEqual([]);
});
