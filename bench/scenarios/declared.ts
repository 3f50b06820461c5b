// What a declared request costs beside undici alone, in CPU of this process, and what many polls of many open jobs leave in memory.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'undici';
import type { JobSteps } from '../../src/operations/operation.ts';
import { defineHttpJob } from '../../src/operations/kinds/http-job/job.ts';
import { createTestContext } from '../../test/support/operations/context.ts';
import { round } from '../sample.ts';
import type { Setting } from '../setting.ts';

/** CPU per request in milliseconds, and the heap in MiB. */
export interface Declared {
  readonly declaredMs: number;
  readonly undiciMs: number;
  readonly polls: number;
  readonly jobs: number;
  /** After a tenth of the polls, and after all of them. */
  readonly earlyMiB: number;
  readonly lateMiB: number;
}

const JOBS = 1_000;
const AT_ONCE = 50;

/** An upstream of its own process, so that its CPU is not counted. */
const UPSTREAM = `
const body = JSON.stringify({ id: 'j1', status: 'running', percent: 12, created: '2026-01-01T00:00:00Z' });
const server = require('node:http').createServer((request, response) => {
  response.writeHead(200, { 'content-type': 'application/json' }).end(body);
}).listen(0, '127.0.0.1', () => console.log(server.address().port));`;

/** Measures both in turns, then polls on. */
export async function measureDeclared({ quick }: Pick<Setting, 'quick'>): Promise<Declared> {
  const upstream = spawn(process.execPath, ['-e', UPSTREAM], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const [port] = (await once(upstream.stdout, 'data')) as [Buffer];
    const url = `http://127.0.0.1:${port.toString().trim()}`;
    const steps = defineJob(url);
    const context = createTestContext();
    const poll = async (index: number) =>
      steps.poll({ parameters: {}, handle: `job-${index % JOBS}` }, context);
    const plain = async (index: number) => {
      const answer = await request(`${url}/jobs/job-${index % JOBS}`);
      return answer.body.json();
    };
    const spent = { poll: 0, plain: 0 };
    const count = quick ? 500 : 2_000;
    for (let turn = 0; turn < 6; turn += 1) {
      const [declaredMs, undiciMs] = [await cpuOf(count, poll), await cpuOf(count, plain)];
      if (turn === 0) continue; // the first warms up
      spent.poll += declaredMs / 5;
      spent.plain += undiciMs / 5;
    }
    const polls = quick ? 10_000 : 50_000;
    await times(polls / 10, poll);
    const earlyMiB = heapMiB();
    await times((polls * 9) / 10, poll);
    return {
      declaredMs: round(spent.poll),
      undiciMs: round(spent.plain),
      polls,
      jobs: JOBS,
      earlyMiB,
      lateMiB: heapMiB(),
    };
  } finally {
    upstream.kill();
  }
}

function defineJob(url: string): JobSteps {
  const operation = defineHttpJob('job', {
    kind: 'http_job',
    description: 'for measuring',
    submit: { url: `${url}/jobs`, handle: '/id' },
    poll: {
      url: `${url}/jobs/{handle}`,
      status: '/status',
      done: ['done'],
      failed: ['failed'],
      progress: '/percent',
      progressScale: 100,
    },
  });
  return operation.steps as JobSteps;
}

/** CPU of this process for each of so many calls, in milliseconds. */
async function cpuOf(count: number, call: (index: number) => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await times(count, call);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000 / count;
}

async function times(count: number, call: (index: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const caller = async () => {
    while (next < count) await call((next += 1));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, caller));
}

function heapMiB(): number {
  globalThis.gc?.();
  return round(process.memoryUsage().heapUsed / 1024 / 1024);
}
