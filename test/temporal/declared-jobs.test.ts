// Jobs as a configuration declares them, on a real server, against an upstream that answers as real ones were seen to.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Json } from '../../src/contract/json.ts';
import type { TaskState } from '../../src/contract/task.ts';
import { defineHttpJob } from '../../src/operations/kinds/http-job/job.ts';
import { createRegistry } from '../../src/operations/registry.ts';
import type { RunningWorker } from '../../src/temporal/worker/worker.ts';
import {
  openTestGateway,
  startTestWorker,
  type TestGateway,
} from '../support/temporal/gateway-and-worker.ts';
import { startTestTemporal, type TestTemporal } from '../support/temporal/server.ts';
import {
  startFakeUpstream,
  type FakeUpstream,
  type UpstreamAnswer,
  type UpstreamHandler,
} from '../support/peers/upstream.ts';

type Step = 'submit' | 'poll' | 'cancel';

/** What the upstream answers to the nth request of a step, counted from 0. */
type Scenario = Partial<Record<Step, (nth: number) => UpstreamAnswer>>;

const me = { principal: 'local' };
const LIMIT_MS = 120_000;
const usual: Required<Scenario> = {
  submit: () => ({ body: { id: 'j1' } }),
  poll: () => ({ body: { status: 'done', result: 42 } }),
  cancel: () => 204,
};

/** By name, since a job carries the name of its scenario in each of its URLs. */
const scenarios = new Map<string, Scenario>();
const running = { body: { status: 'running' } };

let upstream: FakeUpstream;
let temporal: TestTemporal;
let gateway: TestGateway;
let worker: RunningWorker;

beforeAll(async () => {
  upstream = await startFakeUpstream(answer);
  const registry = createRegistry([
    declare('job', {}),
    declare('job_of_seconds', { policy: { totalTimeoutSeconds: 3 } }),
  ]);
  temporal = await startTestTemporal();
  gateway = await openTestGateway(temporal.address, registry);
  worker = await startTestWorker(gateway, registry);
}, LIMIT_MS);

afterAll(async () => {
  await worker.stop();
  await gateway[Symbol.asyncDispose]();
  await temporal[Symbol.asyncDispose]();
  await upstream[Symbol.asyncDispose]();
});

describe('a declared job', () => {
  test('whose submit is answered 503 once is submitted again, under the same key', async () => {
    const job = await start('busy', { submit: (nth) => (nth === 0 ? 503 : usual.submit(nth)) });
    expect(await end(job)).toMatchObject({ status: 'completed', result: 42 });
    const submits = requests('busy', 'submit');
    expect(submits).toHaveLength(2);
    expect(new Set(submits.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1);
    expect(submits[0]?.idempotencyKey).not.toBeNull();
  });

  test('whose submit is answered 429 waits as long as it says, and is submitted again', async () => {
    const limited = { status: 429, headers: { 'retry-after': '1' } };
    const job = await start('limited', { submit: (nth) => (nth ? usual.submit(nth) : limited) });
    expect(await end(job)).toMatchObject({ status: 'completed', result: 42 });
    expect(requests('limited', 'submit')).toHaveLength(2);
  });

  test('that is done at the first look is looked at once', async () => {
    const job = await start('quick', {});
    expect(await end(job)).toMatchObject({ status: 'completed', result: 42 });
    expect(requests('quick', 'poll')).toHaveLength(1);
  });

  test('is looked at again after Retry-After with a date', async () => {
    const later = { ...running, headers: { 'retry-after': new Date(Date.now()).toUTCString() } };
    const job = await start('dated', { poll: (nth) => (nth ? usual.poll(nth) : later) });
    expect(await end(job)).toMatchObject({ status: 'completed', result: 42 });
    expect(requests('dated', 'poll')).toHaveLength(2);
  });

  test('is asked for until its deadline where the upstream always answers 429', async () => {
    const job = await start('throttled', { poll: () => 429 }, 'job_of_seconds');
    expect(await end(job)).toMatchObject({
      status: 'failed',
      error: {
        code: 'DEADLINE_EXCEEDED',
        message: expect.stringMatching(/answered 429; the job was cancelled upstream$/),
      },
    });
    expect(requests('throttled', 'poll').length).toBeGreaterThan(1);
    expect(requests('throttled', 'cancel')).toHaveLength(1);
  });

  test('is cancelled although the upstream answers 500 three times', async () => {
    const job = await start('stubborn', {
      poll: () => running,
      cancel: (nth) => (nth < 3 ? 500 : 204),
    });
    await waitFor(() => requests('stubborn', 'poll').length > 0);
    await gateway.tasks.cancel(me, job);
    expect(await end(job)).toMatchObject({ status: 'failed', error: { code: 'CANCELLED' } });
    await waitFor(() => requests('stubborn', 'cancel').length === 4);
  });
});

function declare(name: string, change: object) {
  return defineHttpJob(name, {
    kind: 'http_job',
    description: 'A job.',
    input: { properties: { scenario: { type: 'string' } }, required: ['scenario'] },
    submit: { url: `${upstream.url}/{scenario}/submit`, handle: '/id' },
    poll: {
      url: `${upstream.url}/{scenario}/poll/{handle}`,
      status: '/status',
      done: ['done'],
      failed: ['failed'],
      result: '/result',
      initialIntervalMs: 100,
      maxIntervalMs: 200,
    },
    cancel: { method: 'DELETE', url: `${upstream.url}/{scenario}/cancel/{handle}` },
    policy: { totalTimeoutSeconds: 60, retryAttempts: 2, retryInitialIntervalMs: 100 },
    ...change,
  });
}

const answer: UpstreamHandler = ({ path }) => {
  const [, name = '', step = ''] = path.split('/');
  const nth = requests(name, step).length - 1;
  return (scenarios.get(name)?.[step as Step] ?? usual[step as Step])(nth);
};

function requests(name: string, step: string) {
  return upstream.requests.filter(({ path }) => path.startsWith(`/${name}/${step}`));
}

async function start(name: string, scenario: Scenario, operation = 'job'): Promise<string> {
  scenarios.set(name, scenario);
  const parameters: Json = { scenario: name };
  const { task } = await gateway.tasks.start(me, { operation, parameters });
  return task.taskRef;
}

async function end(taskRef: string): Promise<TaskState> {
  return (await gateway.tasks.wait(me, taskRef, LIMIT_MS)).state;
}

async function waitFor(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 50));
}
