// A service of examples/services, at a peer that answers as its documentation says, but for what a test breaks.
import { readFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { loadConfig } from '../../src/config/load/load.ts';
import type { JobSteps } from '../../src/operations/operation.ts';
import { createWorkspace } from '../support/files/workspace.ts';
import { JOB_SERVICES } from '../support/peers/job-services/index.ts';
import type { Ending, JobService, PeerJob } from '../support/peers/job-services/service.ts';
import {
  startFakeUpstream,
  type FakeUpstream,
  type UpstreamAnswer,
  type UpstreamRequest,
} from '../support/peers/upstream.ts';
import { jobStepsOf } from './load-example.ts';

export const SERVICES: Readonly<Record<string, JobService>> = JOB_SERVICES;
export const FOLDER = new URL('../../examples/services/', import.meta.url);

/** Every secret of every declaration is the same text. */
export const SECRETS = new Proxy({}, { get: () => 's3cret-1' }) as Record<string, string>;

/** What a request is to its job. */
type Role = 'submit' | 'poll' | 'other';

/** Answers in place of the service; `undefined` leaves it to that. `nth` counts the requests of the role, from 1. */
export type Breaks = (
  role: Role,
  nth: number,
  response: ServerResponse,
) => UpstreamAnswer | 'taken' | undefined;

/** A job at the peer, and what was seen of it. */
interface OpenJob extends PeerJob {
  readonly counts: Record<Role, number>;
  looks: number;
  cancels: number;
  readonly breaks: Breaks;
}

/** Peers of all services. */
export interface ServicePeers extends AsyncDisposable {
  /** A new job of a service as its file declares it, with its hosts at the peer; the one before it is gone. */
  open(name: string, ending: Ending, breaks?: Breaks): Promise<{ steps: JobSteps; job: OpenJob }>;
}

/** A declaration of a service, with its hosts at the peer. */
export type Load = (name: string, base: string, upstream: FakeUpstream) => Promise<JobSteps>;

export async function startServicePeers(
  services: Readonly<Record<string, JobService>> = SERVICES,
  load: Load = loadExample,
): Promise<ServicePeers> {
  const jobs = new Map<string, OpenJob>();
  const loaded = new Map<string, JobSteps>();
  const upstream = await startFakeUpstream((request, response) =>
    answer(services, jobs, request, response),
  );
  return {
    open: async (name, ending, breaks = () => undefined) => {
      const job = createJob(`${upstream.url}/${name}`, ending, breaks);
      jobs.set(name, job);
      const steps = loaded.get(name) ?? (await load(name, job.base, upstream));
      loaded.set(name, steps);
      return { steps, job };
    },
    [Symbol.asyncDispose]: () => upstream[Symbol.asyncDispose](),
  };
}

function createJob(base: string, ending: Ending, breaks: Breaks): OpenJob {
  const job = { base, looks: 0, cancels: 0, counts: { submit: 0, poll: 0, other: 0 }, breaks };
  const now = () => (job.cancels > 0 ? 'cancelled' : job.looks < 2 ? 'running' : ending);
  return Object.assign(job, {
    now,
    look: () => {
      job.looks += 1;
      return now();
    },
    cancel: () => {
      job.cancels += 1;
    },
  });
}

/** A peer is the first segment of the path. */
function answer(
  services: Readonly<Record<string, JobService>>,
  jobs: ReadonlyMap<string, OpenJob>,
  request: UpstreamRequest,
  response: ServerResponse,
): UpstreamAnswer | undefined {
  const [, peer = '', rest = ''] = /^\/([^/]*)([^?]*)/.exec(request.path) ?? [];
  const service = services[peer.replace(/\..*$/, '')];
  const job = jobs.get(peer);
  if (!service || !job) return 404;
  if (service.admits && !service.admits(request)) return 401;
  const wanted = `${request.method} ${rest}`;
  const route = Object.entries(service.routes).find(([pattern]) => isRoute(pattern, wanted));
  if (!route) return { status: 404, body: { no: wanted } };
  const { looks, counts } = job;
  const usual = route[1](job, request);
  const isFirst = counts.submit === 0;
  const role: Role = job.looks > looks ? 'poll' : isFirst ? 'submit' : 'other';
  counts[role] += 1;
  const broken = job.breaks(role, counts[role], response);
  return broken === 'taken' ? undefined : (broken ?? usual);
}

function isRoute(pattern: string, wanted: string): boolean {
  const [here, there] = [pattern.split('/'), wanted.split('/')];
  return (
    here.length === there.length && here.every((part, at) => part === '*' || part === there[at])
  );
}

async function loadExample(name: string, base: string, { url }: FakeUpstream): Promise<JobSteps> {
  const written = await readFile(new URL(`${name}.yaml`, FOLDER), 'utf8');
  const content = written
    .replaceAll(/(url: )https:\/\/[^/\s]+/g, `$1${base}`)
    .replaceAll(/(origins: \[)[^\]]*/g, `$1${url}`);
  await using workspace = await createWorkspace({ 'longhaul.config.yaml': content });
  const { operations } = await loadConfig({ workingDirectory: workspace.directory, env: {} });
  const operation = operations.find((each) => each.name === SERVICES[name]?.operation);
  if (!operation) throw new Error(`${name} has no such operation`);
  return jobStepsOf(operation);
}
