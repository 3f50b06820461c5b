// `longhaul import openapi`: what is printed loads, and one operation of it runs against a peer that behaves as described.
import { describe, expect, test } from '@jest/globals';
import { importOpenapi, type OpenapiFlags } from '../../src/commands/import-openapi.ts';
import type { CommandContext } from '../../src/assembly/context.ts';
import { loadConfig } from '../../src/config/load/load.ts';
import { createWorkspace } from '../support/files/workspace.ts';
import { createTestContext } from '../support/operations/context.ts';
import { jobStepsOf } from '../examples/load-example.ts';
import { startFakeUpstream } from '../support/peers/upstream.ts';

/** What is printed for a description, and what is said of it. */
async function run(
  files: Readonly<Record<string, string>>,
  flags: OpenapiFlags = {},
  location = Object.keys(files)[0]!,
) {
  await using workspace = await createWorkspace(files);
  const printed = { stdout: '', stderr: '' };
  const write = (name: keyof typeof printed) => ({
    write: (text: string | Uint8Array) => {
      printed[name] += String(text);
      return true;
    },
    isTTY: false,
  });
  const context = {
    stdout: write('stdout'),
    stderr: write('stderr'),
    workingDirectory: workspace.directory,
  } as unknown as CommandContext;
  await importOpenapi(context, location, flags);
  return printed;
}

async function load(yaml: string, env: Readonly<Record<string, string>> = {}) {
  await using workspace = await createWorkspace({ 'longhaul.config.yaml': yaml });
  const { operations } = await loadConfig({ workingDirectory: workspace.directory, env });
  return operations;
}

const REPORTS = {
  openapi: '3.0.3',
  info: { title: 'Reports API', version: '1' },
  servers: [{ url: 'https://api.example.com/v1' }],
  security: [{ token: [] }],
  paths: {
    '/reports': {
      post: {
        operationId: 'createReport',
        summary: 'Create a report',
        requestBody: {
          required: true,
          content: {
            'application/json': {
              schema: {
                type: 'object',
                required: ['month'],
                properties: { month: { type: 'string', description: 'Such as 2026-05.' } },
              },
            },
          },
        },
        responses: {
          202: { description: 'Accepted', headers: { Location: { schema: { type: 'string' } } } },
        },
      },
    },
    '/reports/{id}': {
      get: {
        operationId: 'getReport',
        parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }],
        responses: {
          200: {
            description: 'OK',
            content: {
              'application/json': {
                schema: {
                  type: 'object',
                  properties: {
                    status: { type: 'string', enum: ['queued', 'done', 'failed'] },
                    result: { type: 'object' },
                    error: { type: 'string' },
                  },
                },
              },
            },
          },
        },
      },
    },
  },
  components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
};

describe('an import', () => {
  test('of a job with 202 and Location becomes a declaration that runs', async () => {
    await using upstream = await startFakeUpstream(({ method, path }) =>
      method === 'POST'
        ? { status: 202, headers: { location: '/v1/reports/r1' } }
        : { body: path === '/v1/reports/r1' ? { status: 'done', result: { pages: 12 } } : {} },
    );
    const { stdout } = await run(
      { 'reports.json': JSON.stringify(REPORTS) },
      { include: ['createReport'] },
    );
    expect(stdout).toContain('https://api.example.com/v1/reports');
    const [operation] = await load(stdout.replaceAll('https://api.example.com', upstream.url));
    const steps = jobStepsOf(operation!);
    const context = createTestContext({ env: { REPORTS_TOKEN: 's3cret-1' } });
    const parameters = { month: '2026-05' };
    const { handle } = await steps.submit(parameters, context);
    expect(await steps.poll({ parameters, handle }, context)).toMatchObject({
      done: true,
      result: { pages: 12 },
    });
    expect(upstream.requests[0]).toMatchObject({
      json: { month: '2026-05' },
      headers: { authorization: 'Bearer s3cret-1' },
    });
  });
});

describe('a live entry', () => {
  const report = JSON.stringify(REPORTS);
  const live = async (config: string, description = report) => {
    await using workspace = await createWorkspace({
      'longhaul.config.yaml': config,
      'reports.json': description,
    });
    const { operations } = await loadConfig({
      workingDirectory: workspace.directory,
      env: {},
    });
    return operations.map(({ name }) => name);
  };

  test('takes its operations from the description, beside others', async () => {
    const { stdout } = await run(
      { 'reports.json': report },
      { include: ['create*', '/reports/{id}'], live: true },
    );
    const other =
      '  - ping: { kind: http, description: Pings., request: { url: https://a.example/ } }\n';
    expect(await live(stdout + other)).toEqual(['create_report', 'get_report', 'ping']);
  });

  test('is refused with what pins it again, once the description has changed', async () => {
    const { stdout } = await run(
      { 'reports.json': report },
      { include: ['createReport'], live: true },
    );
    await expect(live(stdout, `${report} `)).rejects.toThrow(
      "longhaul.config.yaml:3:11: operations[0].hash: the description has changed; look at it, and pin it by what this prints: longhaul import openapi reports.json --live --include 'createReport'",
    );
  });

  test.each([
    ['a file that is not there', '{ openapi: none.yaml, hash: HASH, include: [x] }', 'none.yaml'],
    [
      'an entry without a hash',
      '{ openapi: reports.json, include: [x] }',
      'is not pinned; look at it',
    ],
    [
      'an unknown name',
      '{ openapi: reports.json, hash: HASH, include: [x] }',
      'nothing is called x',
    ],
    ['a declaration without a name', '{ kind: http }', 'declarations by name'],
  ])('says what is wrong with %s', async (_, entry, message) => {
    const { stdout } = await run({ 'reports.json': report }, { include: ['*'], live: true });
    const hash = /[0-9a-f]{64}/.exec(stdout)![0];
    await expect(live(`operations:\n  - ${entry.replace('HASH', hash)}\n`)).rejects.toThrow(
      message,
    );
  });
});
