// Descriptions of real services, cut to their jobs: one job of each is imported, and runs against the peer of the service.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { fileURLToPath } from 'node:url';
import { loadConfig } from '../../src/config/load/load.ts';
import type { OperationError } from '../../src/contract/errors.ts';
import type { Json } from '../../src/contract/json.ts';
import { readDescription, takeOperations, toConfiguration } from '../../src/openapi/index.ts';
import { SERVICES, startServicePeers, type ServicePeers } from '../examples/open-service.ts';
import { jobStepsOf } from '../examples/load-example.ts';
import { createWorkspace } from '../support/files/workspace.ts';
import { createTestContext } from '../support/operations/context.ts';
import { followJob } from '../support/operations/follow-job.ts';
import { DESCRIBED_SERVICES } from '../support/peers/job-services/described.ts';

interface Case {
  readonly file: string;
  readonly include: string;
  readonly parameters: Json;
  /** What comes of it, where it is more than what the example of the service takes. */
  readonly result?: unknown;
  /** What variables hold, where it is more than a secret. */
  readonly secret?: string;
}

const CASES: Readonly<Record<string, Case>> = {
  replicate: {
    file: 'replicate.yaml',
    include: 'predictions.create',
    parameters: { version: 'v1', input: { prompt: 'a cat' } },
  },
  'openai-videos': {
    file: 'openai-videos.yaml',
    include: 'createVideo',
    parameters: { prompt: 'a cat' },
  },
  assemblyai: {
    file: 'assemblyai.yaml',
    include: 'POST /v2/transcript',
    parameters: { audio_url: 'https://a.example/a.mp3' },
    result: { id: 'j1', status: 'completed', text: 'Hello there.' },
  },
  'azure-document-intelligence': {
    file: 'azure/document-intelligence.json',
    include: '*:analyze',
    parameters: { modelId: 'prebuilt-layout', urlSource: 'https://a.example/a.pdf' },
  },
  'google-veo': {
    file: 'google-veo.yaml',
    include: 'PredictLongRunning',
    parameters: { model: 'veo-3.0-generate-preview', instances: [{ prompt: 'a cat' }] },
  },
  'databricks-sql': {
    file: 'databricks-sql.yaml',
    include: 'execute_statement',
    parameters: DESCRIBED_SERVICES['databricks-sql']!.parameters,
  },
  apify: {
    file: 'apify.json',
    include: 'act_runs_post',
    parameters: DESCRIBED_SERVICES['apify']!.parameters,
  },
  snowflake: {
    file: 'snowflake.yaml',
    include: 'submit*',
    parameters: { statement: 'select 42', async: true },
  },
  'anthropic-batches': {
    file: 'anthropic-batches.yaml',
    include: 'message_batches_post',
    parameters: { requests: [{ custom_id: 'a', params: {} }] },
  },
  elasticsearch: {
    file: 'elasticsearch.yaml',
    include: 'async-search-submit-1',
    parameters: { index: 'sales', query: { match_all: {} } },
    secret: 'ApiKey s3cret-1',
  },
  runpod: {
    file: 'runpod.yaml',
    include: '/{endpointId}/run',
    parameters: { endpointId: 'ep1', input: {} },
  },
  'stripe-reports': {
    file: 'stripe-reports.yaml',
    include: 'PostReportingReportRuns',
    parameters: { report_type: 'balance.summary.1' },
    result: { id: 'file_1' },
  },
  'github-sarif': {
    file: 'github-sarif.yaml',
    include: 'code-scanning/upload-sarif',
    parameters: DESCRIBED_SERVICES['github-sarif']!.parameters,
  },
};

const FOLDER = fileURLToPath(new URL('descriptions/', import.meta.url));
const ALL = { ...SERVICES, ...DESCRIBED_SERVICES };

async function importCase({ file, include }: Case): Promise<string> {
  const description = await readDescription(file, FOLDER);
  const { declared, findings, title } = takeOperations(description, { include: [include] });
  expect(findings).toEqual([]);
  expect(declared).toHaveLength(1);
  return toConfiguration(declared, title);
}

/** Where a service has no key of another kind, the variable of every secret holds the same text. */
const contextOf = (name: string) =>
  createTestContext({
    env: new Proxy({}, { get: () => CASES[name]?.secret ?? 's3cret-1' }),
  });

let peers: ServicePeers;
beforeAll(async () => {
  peers = await startServicePeers(ALL, async (name, base) => {
    const written = await importCase(CASES[name]!);
    const content = written.replaceAll(/(url: )(https:\/\/[^/\s]+|\$\{env:\w+\})/g, `$1${base}`);
    await using workspace = await createWorkspace({ 'longhaul.config.yaml': content });
    const { operations } = await loadConfig({ workingDirectory: workspace.directory, env: {} });
    return jobStepsOf(operations[0]!);
  });
});
afterAll(async () => peers[Symbol.asyncDispose]());

const names = Object.keys(CASES);
const failing = names.filter((name) => ALL[name]?.failure !== undefined);
const cancellable = names.filter(
  (name) =>
    ![
      'assemblyai',
      'openai-videos',
      'azure-document-intelligence',
      'stripe-reports',
      'github-sarif',
    ].includes(name),
);

describe('a job of the description', () => {
  test.each(names)('of %s brings its result', async (name) => {
    const { parameters, result = ALL[name]!.result } = CASES[name]!;
    const { steps } = await peers.open(name, 'ok');
    const { handle } = await steps.submit(parameters, contextOf(name));
    expect(await followJob(steps, { parameters, handle }, contextOf(name))).toEqual(result);
  });

  test.each(failing)('of %s tells why it failed', async (name) => {
    const { parameters } = CASES[name]!;
    const { steps } = await peers.open(name, 'failed');
    const { handle } = await steps.submit(parameters, contextOf(name));
    const thrown = (await followJob(steps, { parameters, handle }, contextOf(name)).catch(
      (error: unknown) => error,
    )) as OperationError;
    expect(thrown).toMatchObject({ code: 'UPSTREAM_REJECTED' });
    expect(JSON.stringify([thrown.message, thrown.details])).toContain(ALL[name]!.failure);
  });

  test.each(cancellable)('of %s is cancelled', async (name) => {
    const { parameters } = CASES[name]!;
    const { steps, job } = await peers.open(name, 'ok');
    const context = contextOf(name);
    const { handle } = await steps.submit(parameters, context);
    await steps.cancel?.({ parameters, handle }, context);
    expect(job).toMatchObject({ cancels: 1 });
  });
});
