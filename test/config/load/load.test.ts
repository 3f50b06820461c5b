import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { loadConfig } from '../../../src/config/load/load.ts';
import { createWorkspace } from '../../support/files/workspace.ts';

describe('without a file', () => {
  test('every option has its default', async () => {
    await using workspace = await createWorkspace();
    const config = await loadConfig({ workingDirectory: workspace.directory, env: {} });
    expect(config).toMatchObject({
      file: null,
      directory: workspace.directory,
      dataDirectory: join(workspace.directory, '.longhaul'),
      builtins: null,
      operations: [],
      server: { name: 'longhaul', transport: 'http', host: '127.0.0.1', port: 7400 },
      state: { ttlSeconds: 172_800 },
      execution: { maxConcurrency: 50, defaultTimeoutSeconds: 120, retryAttempts: 0 },
      polling: {
        initialIntervalMs: 1000,
        maxIntervalMs: 30_000,
        backoffMultiplier: 2,
        maxAttempts: 20,
        waitCapSeconds: 25,
        holdSeconds: 4,
      },
      observability: {
        logLevel: 'info',
        metricsPort: null,
        metricsHost: '127.0.0.1',
        metricsPrefix: 'mcp_async',
        alertOnFailureRate: 0.05,
        otlpEndpoint: null,
        traceSampleRatio: 1,
      },
      temporal: {
        taskQueue: 'longhaul',
        startDeadlineMs: 5000,
        port: 0,
        uiUrl: null,
        uiPort: 0,
        cli: null,
      },
      policyDefaults: { totalTimeoutSeconds: 120, attemptTimeoutSeconds: 120, retryAttempts: 0 },
    });
  });

  test('nothing of it can be changed', async () => {
    await using workspace = await createWorkspace();
    const config = await loadConfig({ workingDirectory: workspace.directory, env: {} });
    expect([config, config.server, config.httpRequest.allow].every(Object.isFrozen)).toBe(true);
  });
});

describe('the file', () => {
  test('is the first one from the working directory upwards', async () => {
    await using workspace = await createWorkspace({
      'longhaul.config.yaml': 'server: { port: 1 }',
      'inner/longhaul.config.json': '{ "server": { "port": 2 } }',
    });
    const deep = join(workspace.directory, 'inner/a/b');
    await mkdir(deep, { recursive: true });
    const config = await loadConfig({ workingDirectory: deep, env: {} });
    expect(config.server.port).toBe(2);
    expect(config.directory).toBe(join(workspace.directory, 'inner'));
    expect(config.dataDirectory).toBe(join(workspace.directory, 'inner/.longhaul'));
  });

  test('is the only one of its folder', async () => {
    await using workspace = await createWorkspace({
      'longhaul.config.yaml': '',
      'longhaul.config.ts': '',
    });
    const { directory } = workspace;
    await expect(loadConfig({ workingDirectory: directory, env: {} })).rejects.toThrow(
      'The configuration cannot be used:\n' +
        `  ${directory}/longhaul.config.ts: one of several in one folder; keep one, or name it with --config\n` +
        `  ${directory}/longhaul.config.yaml: one of several in one folder; keep one, or name it with --config`,
    );
  });

  test('can be named by LONGHAUL_CONFIG, and by an option that wins over it', async () => {
    await using workspace = await createWorkspace({
      'longhaul.config.yaml': 'server: { port: 1 }',
      'other/two.yml': 'server: { port: 2 }',
      'other/three.json': '{"server":{"port":3}}',
    });
    const options = {
      workingDirectory: workspace.directory,
      env: { LONGHAUL_CONFIG: 'other/two.yml' },
    };
    expect((await loadConfig(options)).server.port).toBe(2);
    const named = await loadConfig({ ...options, file: 'other/three.json' });
    expect(named.server.port).toBe(3);
    expect(named.directory).toBe(join(workspace.directory, 'other'));
  });

  test('may be empty, and may have groups whose keys are all commented out', async () => {
    await using workspace = await createWorkspace({
      'empty.yaml': '# nothing\n',
      'commented.yaml': 'server:\n  # port: 1\noperations:\n',
    });
    const options = { workingDirectory: workspace.directory, env: {} };
    const empty = await loadConfig({ ...options, file: 'empty.yaml' });
    const commented = await loadConfig({ ...options, file: 'commented.yaml' });
    expect([empty.server.port, commented.server.port]).toEqual([7400, 7400]);
  });
});

test.each([
  [
    'yaml',
    "operations: { echo: { kind: http, description: d, input: { properties: { id: { type: integer, minimum: 9007199254740993, default: 0x20000000000001 } } }, request: { method: POST, url: 'http://h', body: { id: 9007199254740993, 9007199254740993: '{id}' } } } }",
  ],
  [
    'json',
    '{"operations":{"echo":{"kind":"http","description":"d","input":{"properties":{"id":{"type":"integer","minimum":9007199254740993,"default":9007199254740993}}},"request":{"method":"POST","url":"http://h","body":{"id":9007199254740993,"9007199254740993":"{id}"}}}}}',
  ],
])('numbers in %s keep every digit', async (ending, text) => {
  const file = `longhaul.config.${ending}`;
  await using workspace = await createWorkspace({ [file]: text });
  const { operations } = await loadConfig({ workingDirectory: workspace.directory, env: {} });
  expect(JSON.stringify(operations[0]?.inputSchema)).toContain(
    '{"type":"integer","minimum":9007199254740993,"default":9007199254740993}',
  );
  expect(() => {
    operations[0]?.accept({ id: 9007199254740992 });
  }).toThrow('Too small: expected number to be >=9007199254740993');
});

describe('precedence', () => {
  test('a flag wins over the environment, the environment over the file, the file over the default', async () => {
    await using workspace = await createWorkspace({
      'longhaul.config.yaml':
        'server: { host: file, port: 1 }\nexecution: { maxConcurrency: 7, retryAttempts: 3 }',
    });
    const config = await loadConfig({
      workingDirectory: workspace.directory,
      env: { LONGHAUL_HOST: 'env', LONGHAUL_PORT: '2', LONGHAUL_MAX_CONCURRENCY: '8' },
      overrides: { 'server.port': '3' },
    });
    expect(config.server).toMatchObject({ host: 'env', port: 3, name: 'longhaul' });
    expect(config.execution).toMatchObject({
      maxConcurrency: 8,
      retryAttempts: 3,
      maxResultBytes: 262_144,
    });
  });

  test('a variable is read as the type of its option, and an empty one is absent', async () => {
    await using workspace = await createWorkspace();
    const config = await loadConfig({
      workingDirectory: workspace.directory,
      env: {
        LONGHAUL_BUILTINS: 'false',
        LONGHAUL_WAIT_CAP_SECONDS: '2.5',
        LONGHAUL_ALLOWED_HOSTS: 'a.example, b.example,',
        LONGHAUL_PORT: '',
      },
    });
    expect(config.builtins).toBe(false);
    expect(config.polling.waitCapSeconds).toBe(2.5);
    expect(config.server).toMatchObject({ allowedHosts: ['a.example', 'b.example'], port: 7400 });
  });

  test('a path is meant from where it was written', async () => {
    await using workspace = await createWorkspace({
      'longhaul.config.yaml': 'dataDirectory: data\ntemporal: { cli: bin/temporal }',
    });
    const inner = join(workspace.directory, 'inner');
    await mkdir(inner);
    const options = { workingDirectory: inner, env: {} };
    const written = await loadConfig(options);
    expect(written.dataDirectory).toBe(join(workspace.directory, 'data'));
    expect(written.temporal.cli).toBe(join(workspace.directory, 'bin/temporal'));
    const flag = await loadConfig({ ...options, overrides: { dataDirectory: 'data' } });
    expect(flag.dataDirectory).toBe(join(inner, 'data'));
  });
});
