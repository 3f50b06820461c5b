import { describe, expect, test } from '@jest/globals';
import { loadConfig, type LoadOptions } from '../../src/config/load/load.ts';
import { ConfigError } from '../../src/config/explain/problem.ts';
import { toExpectation } from '../../src/config/explain/option.ts';
import { KINDS } from '../../src/operations/kinds/index.ts';
import { createWorkspace } from '../support/files/workspace.ts';

const A_KIND = toExpectation({ enum: KINDS.map(({ kind }) => kind) });

async function complaintsAbout(
  file: string,
  content: string,
  options: Partial<LoadOptions> = {},
): Promise<string[]> {
  await using workspace = await createWorkspace({ [file]: content });
  const loading = loadConfig({ workingDirectory: workspace.directory, env: {}, ...options, file });
  const thrown: unknown = await loading.then(
    () => null,
    (error: unknown) => error,
  );
  if (!(thrown instanceof ConfigError))
    throw new Error(`expected complaints, got ${String(thrown)}`);
  const [, ...lines] = thrown.message.split('\n  ');
  return lines;
}

describe('a wrong option is named with file, place, path, what was expected and what was found', () => {
  test.each([
    [
      'a wrong type',
      'server:\n  port: abc',
      'c.yaml:2:9: server.port: expected a whole number from 0 to 65535, got "abc"',
    ],
    [
      'half a character',
      'server: { name: "a\\ud800" }',
      'c.yaml:1:17: server.name: holds half a surrogate pair, which is no character',
    ],
    [
      'a value out of bounds',
      'server: { port: 70000 }',
      'c.yaml:1:17: server.port: expected a whole number from 0 to 65535, got 70000',
    ],
    [
      'a fraction',
      'execution: { maxConcurrency: 1.5 }',
      'c.yaml:1:30: execution.maxConcurrency: expected a whole number from 1 to 10000, got 1.5',
    ],
    [
      'a number that must be above',
      'execution: { defaultTimeoutSeconds: 0 }',
      'c.yaml:1:37: execution.defaultTimeoutSeconds: expected a number above 0, at most 31536000, got 0',
    ],
    [
      'another word',
      'observability: { logLevel: loud }',
      'c.yaml:1:28: observability.logLevel: expected one of "debug", "info", "warn" or "error", got "loud"',
    ],
    [
      'text in a wrong form',
      'observability: { metricsPrefix: a-b }',
      'c.yaml:1:33: observability.metricsPrefix: expected letters, digits and "_", not beginning with a digit, at most 64, got "a-b"',
    ],
    [
      'empty text',
      'temporal: { cli: "" }',
      'c.yaml:1:18: temporal.cli: expected text that is not empty or null, got ""',
    ],
    [
      'no list',
      'httpRequest: { allow: https://a.example }',
      'c.yaml:1:23: httpRequest.allow: expected a list, each an origin such as https://api.example.com, without a path, got "https://a.example"',
    ],
    [
      'an item of a list',
      'httpRequest: { allow: [1] }',
      'c.yaml:1:24: httpRequest.allow[0]: expected an origin such as https://api.example.com, without a path, got 1',
    ],
    ['no group', 'server: 5', 'c.yaml:1:9: server: expected an object, got 5'],
    ['no object at all', '- 1', 'c.yaml: expected an object, got a list'],
    [
      'yes for true',
      'builtins: yes',
      'c.yaml:1:11: builtins: expected true or false or null, got "yes"',
    ],
    [
      'limits that contradict',
      'polling: { initialIntervalMs: 5000, maxIntervalMs: 1000 }',
      'c.yaml:1:52: polling.maxIntervalMs: expected at least polling.initialIntervalMs, which is 5000, got 1000',
    ],
    [
      'an unknown key',
      'server: { prot: 1 }',
      'c.yaml:1:17: server.prot: unknown key; did you mean "port"?',
    ],
    [
      'an unknown group',
      'servers: {}',
      'c.yaml:1:10: servers: unknown key; did you mean "server"?',
    ],
    [
      'a key like none',
      'state: { zzzzzzzzzz: 1 }',
      'c.yaml:1:22: state.zzzzzzzzzz: unknown key; known here: ttlSeconds',
    ],
    [
      'a word that a kind does not have',
      'operations: { a: { kind: http, description: A, request: { url: "https://a.example", method: GET }, websocket: true } }',
      expect.stringMatching(
        /^c\.yaml:1:111: operations\.a\.websocket: unknown key; known here: .*; what http has no word for is written with defineOperation \(docs\/operations\.md\)$/,
      ),
    ],
    [
      'operations of no form',
      'operations: 1',
      'c.yaml:1:13: operations: expected an object or a list, got 1',
    ],
    [
      'an operation of no form',
      'operations: { a: 1 }',
      'c.yaml:1:18: operations.a: expected a declaration with a kind, got 1',
    ],
    [
      'an operation of no kind',
      'operations: { a: {} }',
      `c.yaml:1:18: operations.a.kind: expected ${A_KIND}, got nothing`,
    ],
    [
      'an operation of another kind',
      'operations: { a: { kind: ftp } }',
      `c.yaml:1:26: operations.a.kind: expected ${A_KIND}, got "ftp"`,
    ],
  ])('%s', async (_, content, complaint) => {
    expect(await complaintsAbout('c.yaml', content)).toEqual([complaint]);
  });
});

describe('a file that cannot be read', () => {
  test.each([
    ['c.yaml', 'a: 1\na: 2', ['c.yaml:2:1: Map keys must be unique']],
    [
      'c.yaml',
      'server: { port: 1',
      [expect.stringMatching(/^c\.yaml:1:18: Flow map in block collection must .* end with a }$/)],
    ],
    ['c.yaml', 'a: !secret x', ['c.yaml:1:4: Unresolved tag: !secret']],
    [
      'c.yaml',
      'a: 1\n---\nb: 1',
      [expect.stringMatching(/^c\.yaml:2:1: Source contains multiple documents/)],
    ],
    [
      'c.yaml',
      'server:\n  __proto__: { port: 1 }',
      ['c.yaml:2:14: server.__proto__: a key of this name is refused'],
    ],
    [
      'c.yaml',
      'constructor: 1\nprototype: 2',
      [
        'c.yaml:1:14: constructor: a key of this name is refused',
        'c.yaml:2:12: prototype: a key of this name is refused',
      ],
    ],
    [
      'c.json',
      '{\n\t"server": { "port": 1 },\n\t"server": {}\n}',
      ['c.json:3:2: Map keys must be unique'],
    ],
    ['c.json', '{ server: 1 }', [expect.stringMatching(/^c\.json: is not JSON: .*position 2/)]],
    [
      'c.json',
      '{\n  "server": { "port": "1" }\n}',
      ['c.json:2:23: server.port: expected a whole number from 0 to 65535, got "1"'],
    ],
    [
      'c.toml',
      '',
      ['c.toml: expected a file that ends in .ts, .mts, .js, .mjs, .json, .yaml or .yml'],
    ],
  ])('%s with %j', async (file, content, complaints) => {
    expect(await complaintsAbout(file, content)).toEqual(complaints);
  });

  test('a missing file is named as the caller would', async () => {
    await using workspace = await createWorkspace();
    const loading = loadConfig({
      workingDirectory: workspace.directory,
      env: {},
      file: 'none.yaml',
    });
    await expect(loading).rejects.toThrow('\n  none.yaml: no such file');
  });

  test('aliases that multiply are refused', async () => {
    const lines = ['a0: &a0 [x, x]'];
    for (let n = 1; n < 9; n += 1) {
      lines.push(`a${n}: &a${n} [${`*a${n - 1},`.repeat(9)}]`);
    }
    const [complaint] = await complaintsAbout('c.yaml', lines.join('\n'));
    expect(complaint).toMatch(/^c\.yaml: Excessive alias count/);
  });
});

test('everything that is wrong is said at once, each with its own source', async () => {
  const complaints = await complaintsAbout(
    'c.yaml',
    'server:\n  hots: a\nstate: { ttlSeconds: 1 }\noperations: { a: { kind: x } }\n',
    {
      env: { LONGHAUL_PORT: 'http', LONGHAUL_BUILTINS: '1' },
      overrides: { 'observability.logLevel': 'all' },
    },
  );
  expect(complaints).toEqual([
    'environment variable LONGHAUL_PORT: server.port: expected a whole number from 0 to 65535, got "http"',
    'c.yaml:2:9: server.hots: unknown key; did you mean "host"?',
    'c.yaml:3:22: state.ttlSeconds: expected a whole number from 3600 to 31536000, got 1',
    '--log-level: observability.logLevel: expected one of "debug", "info", "warn" or "error", got "all"',
    'environment variable LONGHAUL_BUILTINS: builtins: expected true or false or null, got "1"',
    `c.yaml:4:26: operations.a.kind: expected ${A_KIND}, got "x"`,
  ]);
});

describe('a declared operation', () => {
  const declare = (url: string, more = '') =>
    `operations:\n  get:\n    kind: http\n    description: d\n    request: { url: "${url}" }\n${more}`;

  test('is checked as deeply as the options', async () => {
    const more = '    respons: {}\n    response: { errors: { 4040: INTERNAL }, result: data }\n';
    expect(await complaintsAbout('c.yaml', declare('https://a.example', more))).toEqual([
      'c.yaml:7:25: operations.get.response.errors.4040: is no key for here: expected a status such as 409 or a range such as "5xx"',
      'c.yaml:7:53: operations.get.response.result: expected a JSON Pointer such as "/data/0/id", or "" for the whole answer, got "data"',
      'c.yaml:6:14: operations.get.respons: unknown key; did you mean "response"?',
    ]);
  });

  test('whose URL begins with a variable that is not set is refused by its name', async () => {
    const [complaint] = await complaintsAbout('c.yaml', declare('${env:BASE}/x'));
    expect(complaint).toMatch(
      /^c\.yaml:3:5: operations\.get: .*environment variable BASE is not set/,
    );
  });

  test('cannot take the name of a tool', async () => {
    const declared = declare('https://a.example').replace('get:', 'list_operations:');
    const reservedNames = new Set(['list_operations']);
    expect(await complaintsAbout('c.yaml', declared, { reservedNames })).toEqual([
      'c.yaml:3:5: operations.list_operations: the name is reserved',
    ]);
  });
});

test('a value that may be a secret is not shown', async () => {
  const complaints = await complaintsAbout(
    'c.yaml',
    'operations: { a: { kind: http, description: d, request: { url: "https://a.example", headers: { authorization: 12345 } } } }',
  );
  expect(complaints).toEqual([
    'c.yaml:1:111: operations.a.request.headers.authorization: expected text of 0 to 8192 characters, got a number',
  ]);
});
