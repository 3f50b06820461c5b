// Scripted models against the built gateway. Those with bad habits come to their end, or hear in a sentence what to do instead;
// those that read the list of tools and the answers pay for what they need, without being told how.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { connectClient, type TestClient } from '../support/clients/mcp-clients.ts';
import { startFakeUpstream, type FakeUpstream } from '../support/peers/upstream.ts';
import { createHome, type Home } from '../support/processes/home.ts';
import { startLonghaul, type Longhaul } from '../support/processes/longhaul.ts';
import {
  deafPoller,
  eagerPoller,
  forgetful,
  hallucinator,
  naivePoller,
  parallel,
  scatterbrained,
  restarter,
  waiter,
} from '../support/clients/model/policies.ts';
import { reader, thrifty } from '../support/clients/model/thrifty.ts';
import { converse, type Conversation, type Policy } from '../support/clients/model/session.ts';

const LIMIT_MS = 300_000;
const SECONDS = 2;
/** Long enough to be caught at polling, or at starting a second time. */
const LONG_SECONDS = 10;
const toResult = (seconds: number) => JSON.stringify({ slept_seconds: seconds });
const RESULT = toResult(SECONDS);

/** How long a report takes: a model that knows nothing of it looks three times. */
const REPORT_MS = 5_000;

/** About 1 MB. */
const EXPORT = {
  rows: Array.from({ length: 10_000 }, (_, id) => ({
    invoice: `invoice ${id}`,
    amount: id * 7,
    note: 'paid by transfer, nothing is left to be done',
  })),
  summary: { grand_total: 349_965_000 },
};

const CONFIGURATION = (url: string) => `
operations:
  export_invoices:
    kind: http
    description: Exports all invoices.
    input: { type: object }
    request: { url: '${url}/export' }
    response: { maxBytes: 2000000 }
  make_report:
    kind: http
    description: Makes a report.
    input: { type: object }
    request: { url: '${url}/report' }
`;

let upstream: FakeUpstream;
let home: Home;
let gateway: Longhaul;
let client: TestClient;

beforeAll(async () => {
  home = await createHome();
  upstream = await startFakeUpstream(async ({ path, gone }) => {
    if (path === '/export') return { body: EXPORT };
    await sleep(REPORT_MS, undefined, { signal: gone });
    return { body: { report: 'made' } };
  });
  const config = join(home.path, 'longhaul.config.yaml');
  await writeFile(config, CONFIGURATION(upstream.url));
  const flags = ['--config', config, '--port', '0', '--data-dir', home.dataDirectory];
  gateway = await startLonghaul('dev', flags, { cwd: home.path });
  client = await connectClient('client 2.4 modern', { url: gateway.mcpUrl });
}, LIMIT_MS);

afterAll(async () => {
  await client[Symbol.asyncDispose]();
  await gateway.stop();
  await home[Symbol.asyncDispose]();
  await upstream[Symbol.asyncDispose]();
}, LIMIT_MS);

const task = (key: string, seconds = SECONDS) => ({
  operation: 'sleep',
  parameters: { seconds },
  key,
});

const run = (policy: Policy): Promise<Conversation> =>
  converse(policy, ({ tool, args }) => client.call(tool, { ...args }));

const steps = ({ seen }: Conversation) => seen.map(({ json }) => json.next_step ?? '');

// Longest first, since only so many run at once.
test.concurrent.each([
  ['whose results fit into an answer', 20],
  ['whose results do not, and still knows how all ended', 200],
])(
  'a model that has the same to do for many starts one task, %s',
  async (_, count) => {
    const many = Array.from({ length: count }, () => ({ seconds: 0 }));
    const assignment = { operation: 'sleep', key: `many-${count}` };
    const conversation = await run(thrifty(assignment, many, await client.listTools()));
    expect(JSON.parse(conversation.says)).toMatchObject({ total: count, done: count, failed: 0 });
    const started = conversation.seen.filter(({ tool }) => tool === 'initiate_background_task');
    expect(started).toHaveLength(1);
    expect(conversation.calls).toBeLessThan(10); // a look more for each wait that was too short for a slow machine
  },
  LIMIT_MS,
);

test.concurrent(
  'a model that polls without a break is held, and told how to do better, and gets its result',
  async () => {
    const conversation = await run(eagerPoller(task('eager', LONG_SECONDS)));
    expect(conversation.says).toBe(toResult(LONG_SECONDS));
    expect(steps(conversation).some((step) => /held back.*wait_seconds/.test(step))).toBe(true);
    // Unheld it would take hundreds. Ten are free, before and after the attempt begins, and each hold is a second or more.
    expect(conversation.calls).toBeLessThan(100);
  },
  LIMIT_MS,
);

test.concurrent(
  'a model that ignores poll_after_ms pays about as few calls',
  async () => {
    const conversation = await run(deafPoller(task('deaf', LONG_SECONDS)));
    expect(conversation.says).toBe(toResult(LONG_SECONDS));
    expect(conversation.calls).toBeLessThan(100);
  },
  LIMIT_MS,
);

test.concurrent(
  'a model that comes back when it is told to is never held',
  async () => {
    const conversation = await run(naivePoller(task('naive')));
    expect(conversation.says).toBe(RESULT);
    expect(steps(conversation).filter((step) => step.includes('held back'))).toEqual([]);
  },
  LIMIT_MS,
);

test.concurrent(
  'a model that lets the gateway wait pays a call for the handle and one for the result',
  async () => {
    const conversation = await run(waiter(task('waiting')));
    expect(conversation.says).toBe(RESULT);
    expect(conversation.calls).toBeLessThanOrEqual(3); // a third where the wait was too short for a slow machine
  },
  LIMIT_MS,
);

test.concurrent(
  'a model that forgets that it has started finds its task by doing so again',
  async () => {
    const conversation = await run(forgetful(task('forgetful')));
    expect(conversation.says).toBe(RESULT);
    expect(conversation.seen[1]!.json.deduplicated).toBe(true);
  },
  LIMIT_MS,
);

test.concurrent(
  'a model that has lost its handle finds it as the instructions of the server say',
  async () => {
    const policy = scatterbrained(task('scatterbrained'), client.instructions ?? '');
    expect((await run(policy)).says).toBe(RESULT);
  },
  LIMIT_MS,
);

test.concurrent(
  'a model that starts many at once gets all results in a few turns',
  async () => {
    const names = ['one', 'two', 'three', 'four', 'five'];
    const conversation = await run(parallel(names.map((name, index) => task(name, index))));
    const results = names.map((_, index) => ({ slept_seconds: index }));
    expect(JSON.parse(conversation.says)).toEqual(results);
    expect(conversation.turns).toBeLessThanOrEqual(4);
  },
  LIMIT_MS,
);

test.concurrent(
  'a model that tries again with a new key hears of its first task, and goes back to it',
  async () => {
    const conversation = await run(restarter(task('impatient', LONG_SECONDS)));
    expect(conversation.says).toBe(toResult(LONG_SECONDS));
    const cancelled = conversation.seen.find(({ tool }) => tool === 'cancel_background_task');
    expect(cancelled?.args['task_ref']).toBe(conversation.seen[1]!.json.task_ref);
  },
  LIMIT_MS,
);

test.concurrent(
  'a model that makes a task_ref up is refused with the way to the real one',
  async () => {
    const conversation = await run(hallucinator(task('hallucinated')));
    expect(conversation.seen[1]!.json.error?.code).toBe('TASK_NOT_FOUND');
    expect(conversation.says).toBe(RESULT);
  },
  LIMIT_MS,
);

test.concurrent.each([
  ['a key that the preview shows', 'grand_total', '349965000'],
  ['a text that it has to look for', 'invoice 7300', JSON.stringify(EXPORT.rows[7300])],
])(
  'a model reads of a result of 1 MB what it wants, by %s',
  async (_, wanted, found) => {
    const assignment = {
      operation: 'export_invoices',
      parameters: {},
      key: wanted.replace(' ', '-'),
    };
    const conversation = await run(reader(assignment, wanted, await client.listTools()));
    expect(conversation.says).toBe(found);
    expect(conversation.tokens).toBeLessThan(6_000);
  },
  LIMIT_MS,
);

test.concurrent(
  'a model that comes back when it is told to hears when that is, once others have shown how long it takes',
  async () => {
    const report = (key: string) => ({ operation: 'make_report', parameters: {}, key });
    const [first] = await Promise.all([
      run(naivePoller(report('report-0'))),
      run(parallel(['report-1', 'report-2'].map(report))),
    ]);
    const later = await run(naivePoller(report('report-3')));
    const [before, after] = [first, later].map(({ seen }) => seen[0]!.json);
    expect(before!.next_step).not.toContain('usually');
    expect(after!.next_step).toContain('usually');
    expect(after!.poll_after_ms).toBeGreaterThan(before!.poll_after_ms!);
    expect(later.calls).toBeLessThan(first.calls);
  },
  LIMIT_MS,
);
