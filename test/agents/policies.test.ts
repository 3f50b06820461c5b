// Scripted models with bad habits against the built gateway: each comes to its end, or hears in a sentence what to do instead.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { connectClient, type TestClient } from '../support/clients/mcp-clients.ts';
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
import { converse, type Conversation, type Policy } from '../support/clients/model/session.ts';

const LIMIT_MS = 300_000;
const SECONDS = 2;
/** Long enough to be caught at polling, or at starting a second time. */
const LONG_SECONDS = 10;
const toResult = (seconds: number) => JSON.stringify({ slept_seconds: seconds });
const RESULT = toResult(SECONDS);

let home: Home;
let gateway: Longhaul;
let client: TestClient;

beforeAll(async () => {
  home = await createHome();
  const flags = ['--port', '0', '--data-dir', home.dataDirectory];
  gateway = await startLonghaul('dev', flags, { cwd: home.path });
  client = await connectClient('client 2.4 modern', { url: gateway.mcpUrl });
}, LIMIT_MS);

afterAll(async () => {
  await client[Symbol.asyncDispose]();
  await gateway.stop();
  await home[Symbol.asyncDispose]();
}, LIMIT_MS);

const task = (key: string, seconds = SECONDS) => ({
  operation: 'sleep',
  parameters: { seconds },
  key,
});

const run = (policy: Policy): Promise<Conversation> =>
  converse(policy, ({ tool, args }) => client.call(tool, { ...args }));

const steps = ({ seen }: Conversation) => seen.map(({ json }) => json.next_step ?? '');

test(
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

test(
  'a model that ignores poll_after_ms pays about as few calls',
  async () => {
    const conversation = await run(deafPoller(task('deaf', LONG_SECONDS)));
    expect(conversation.says).toBe(toResult(LONG_SECONDS));
    expect(conversation.calls).toBeLessThan(100);
  },
  LIMIT_MS,
);

test(
  'a model that comes back when it is told to is never held',
  async () => {
    const conversation = await run(naivePoller(task('naive')));
    expect(conversation.says).toBe(RESULT);
    expect(steps(conversation).filter((step) => step.includes('held back'))).toEqual([]);
  },
  LIMIT_MS,
);

test(
  'a model that lets the gateway wait pays a call for the handle and one for the result',
  async () => {
    const conversation = await run(waiter(task('waiting')));
    expect(conversation.says).toBe(RESULT);
    expect(conversation.calls).toBeLessThanOrEqual(3); // a third where the wait was too short for a slow machine
  },
  LIMIT_MS,
);

test(
  'a model that forgets that it has started finds its task by doing so again',
  async () => {
    const conversation = await run(forgetful(task('forgetful')));
    expect(conversation.says).toBe(RESULT);
    expect(conversation.seen[1]!.json.deduplicated).toBe(true);
  },
  LIMIT_MS,
);

test(
  'a model that has lost its handle finds it as the instructions of the server say',
  async () => {
    const policy = scatterbrained(task('scatterbrained'), client.instructions ?? '');
    expect((await run(policy)).says).toBe(RESULT);
  },
  LIMIT_MS,
);

test(
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

test(
  'a model that tries again with a new key hears of its first task, and goes back to it',
  async () => {
    const conversation = await run(restarter(task('impatient', LONG_SECONDS)));
    expect(conversation.says).toBe(toResult(LONG_SECONDS));
    const cancelled = conversation.seen.find(({ tool }) => tool === 'cancel_background_task');
    expect(cancelled?.args['task_ref']).toBe(conversation.seen[1]!.json.task_ref);
  },
  LIMIT_MS,
);

test(
  'a model that makes a task_ref up is refused with the way to the real one',
  async () => {
    const conversation = await run(hallucinator(task('hallucinated')));
    expect(conversation.seen[1]!.json.error?.code).toBe('TASK_NOT_FOUND');
    expect(conversation.says).toBe(RESULT);
  },
  LIMIT_MS,
);
