// Every declaration of examples/services is run against a peer that answers as the documentation of its service says.
import { readdir, readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { loadConfig } from '../../src/config/load/load.ts';
import type { OperationError } from '../../src/contract/errors.ts';
import type { Json } from '../../src/contract/json.ts';
import type { JobSteps } from '../../src/operations/operation.ts';
import { createWorkspace } from '../support/files/workspace.ts';
import { createTestContext } from '../support/operations/context.ts';
import { JOB_SERVICES } from '../support/peers/job-services/index.ts';
import type { Ending, PeerJob } from '../support/peers/job-services/service.ts';
import {
  startFakeUpstream,
  type FakeUpstream,
  type UpstreamRequest,
} from '../support/peers/upstream.ts';
import { jobStepsOf } from './load-example.ts';

const FOLDER = new URL('../../examples/services/', import.meta.url);
const PAGE = new URL('../../docs/services.md', import.meta.url);

/** Every secret of every declaration is the same text. */
const SECRETS = new Proxy({}, { get: () => 's3cret-1' }) as Record<string, string>;

let upstream: FakeUpstream;
const jobs = new Map<string, PeerJob & { looks: number; cancels: number }>();

beforeAll(async () => {
  upstream = await startFakeUpstream((request) => answer(request));
});
afterAll(async () => upstream[Symbol.asyncDispose]());

/** A peer is the first segment of the path: the service, and how its job ends. */
function answer(request: UpstreamRequest) {
  const [, peer = '', rest = ''] = /^\/([^/]*)([^?]*)/.exec(request.path) ?? [];
  const service = JOB_SERVICES[peer.replace(/\.\w+$/, '')];
  const job = jobs.get(peer);
  if (!service || !job) return 404;
  if (service.admits && !service.admits(request)) return 401;
  const wanted = `${request.method} ${rest}`;
  const route = Object.entries(service.routes).find(([pattern]) => isRoute(pattern, wanted));
  return route ? route[1](job, request) : { status: 404, body: { no: wanted } };
}

function isRoute(pattern: string, wanted: string): boolean {
  const [here, there] = [pattern.split('/'), wanted.split('/')];
  return (
    here.length === there.length && here.every((part, at) => part === '*' || part === there[at])
  );
}

/** The job of a service as its file declares it, with its hosts at the peer. */
async function openJob(name: string, ending: Ending): Promise<JobSteps> {
  const base = `${upstream.url}/${name}.${ending}`;
  const job = { base, looks: 0, cancels: 0 };
  const now = () => (job.cancels > 0 ? 'cancelled' : job.looks < 2 ? 'running' : ending);
  jobs.set(
    `${name}.${ending}`,
    Object.assign(job, {
      now,
      look: () => {
        job.looks += 1;
        return now();
      },
      cancel: () => {
        job.cancels += 1;
      },
    }),
  );
  const written = await readFile(new URL(`${name}.yaml`, FOLDER), 'utf8');
  const content = written
    .replaceAll(/(url: )https:\/\/[^/\s]+/g, `$1${base}`)
    .replaceAll(/(origins: \[)[^\]]*/g, `$1${upstream.url}`);
  await using workspace = await createWorkspace({ 'longhaul.config.yaml': content });
  const { operations } = await loadConfig({ workingDirectory: workspace.directory, env: {} });
  const operation = operations.find((each) => each.name === JOB_SERVICES[name]?.operation);
  if (!operation) throw new Error(`${name} has no such operation`);
  return jobStepsOf(operation);
}

/** Polls as the engine does, with what the last answer said of the handle. */
async function follow(steps: JobSteps, parameters: Json, submitted: Json): Promise<Json> {
  let handle = submitted;
  const context = createTestContext({ env: SECRETS });
  for (let polls = 0; polls < 9; polls += 1) {
    const seen = await steps.poll({ parameters, handle }, context);
    if (seen.done) return seen.result;
    handle = seen.handle ?? handle;
  }
  throw new Error('it never ends');
}

const names = Object.keys(JOB_SERVICES);
const cancellable = names.filter(
  (name) => !['assemblyai', 'perplexity', 'stripe-reports'].includes(name),
);
const failing = names.filter((name) => JOB_SERVICES[name]?.failure !== undefined);

describe('a declaration', () => {
  test.each(names)('of %s brings the result of a job', async (name) => {
    const { parameters, result } = JOB_SERVICES[name]!;
    const steps = await openJob(name, 'ok');
    const { handle } = await steps.submit(parameters, createTestContext({ env: SECRETS }));
    const found = await follow(steps, parameters, handle);
    expect(found).toEqual(result);
    expect(JSON.stringify([handle, found])).not.toContain('s3cret-1');
  });

  test.each(failing)('of %s tells in its words why a job failed', async (name) => {
    const { parameters, failure = '' } = JOB_SERVICES[name]!;
    const steps = await openJob(name, 'failed');
    const { handle } = await steps.submit(parameters, createTestContext({ env: SECRETS }));
    const thrown: unknown = await follow(steps, parameters, handle).catch(
      (error: unknown) => error,
    );
    expect(thrown).toMatchObject({ code: 'UPSTREAM_REJECTED' });
    const { message, details } = thrown as OperationError;
    expect(JSON.stringify([message, details])).toContain(failure);
  });

  test.each(cancellable)('of %s cancels a job', async (name) => {
    const { parameters } = JOB_SERVICES[name]!;
    const steps = await openJob(name, 'ok');
    const context = createTestContext({ env: SECRETS });
    const { handle } = await steps.submit(parameters, context);
    await steps.cancel?.({ parameters, handle }, context);
    expect(jobs.get(`${name}.ok`)).toMatchObject({ cancels: 1 });
  });
});

test('every file is one of these, and stands in the table of the documentation', async () => {
  const files = (await readdir(FOLDER)).map((file) => file.replace('.yaml', ''));
  // That of n8n is run in test/temporal/called-back.test.ts: only a gateway can be called back.
  expect(new Set(files)).toEqual(new Set([...names, 'n8n']));
  const page = await readFile(PAGE, 'utf8');
  for (const name of files) expect(page).toContain(`(../examples/services/${name}.yaml)`);
});
