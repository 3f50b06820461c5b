// Calls of tools of other servers on a real Temporal server, with workers that each have connections and processes of their own.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isDone, type Task, type TaskState } from '../../src/contract/task.ts';
import { drawSeed } from '../support/runner/seed.ts';
import { startTaskServer, type TaskServer } from '../support/peers/task-server.ts';
import { openTestGateway, type TestGateway } from '../support/temporal/gateway-and-worker.ts';
import { startTestTemporal, type TestTemporal } from '../support/temporal/server.ts';
import { listUpstreams } from './upstream-processes.ts';

const SERVER = fileURLToPath(new URL('../support/peers/mcp-server.js', import.meta.url));
const LIMIT_MS = 240_000;
const caller = { principal: 'ann' };
/** Has a process of the server of its own. */
const stranger = { principal: 'bob' };
const directory = mkdtempSync(join(tmpdir(), 'longhaul-'));
const effects = join(directory, 'effects');

let temporal: TestTemporal;
let peer: TaskServer;
let processes: Awaited<ReturnType<typeof listUpstreams>>;
let gateway: TestGateway;

const startOwnWorker = async () => processes.startOwnWorker(temporal.address);
/** A gateway that starts the calls in the activity lane. */
const openQuick = async () =>
  openTestGateway(temporal.address, processes.createOwnRegistry('activity'));

const start = async (operation: string, who = caller, parameters = {}): Promise<string> =>
  (await gateway.tasks.start(who, { operation, parameters })).task.taskRef;

async function untilState(
  taskRef: string,
  holds: (state: TaskState) => boolean,
  who = caller,
): Promise<Task> {
  for (;;) {
    const task = await gateway.tasks.read(who, taskRef);
    if (holds(task.state)) return task;
    await sleep(50);
  }
}

const readEffects = (): string[] =>
  existsSync(effects) ? readFileSync(effects, 'utf8').trim().split('\n') : [];

const untilAsked = async (taskRef: string, who = caller) =>
  untilState(taskRef, ({ status }) => status === 'input_required', who);
const untilDone = async (taskRef: string, who = caller) => untilState(taskRef, isDone, who);
const answer = { action: 'accept' as const, content: { sure: true } };

beforeAll(async () => {
  temporal = await startTestTemporal();
  peer = await startTaskServer('newer');
  processes = await listUpstreams({
    shelf: { command: process.execPath, args: [SERVER, effects], sharing: 'principal' },
    peer: { url: peer.url },
  });
  gateway = await openTestGateway(temporal.address, processes.createOwnRegistry());
}, LIMIT_MS);
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await peer[Symbol.asyncDispose]();
  await temporal[Symbol.asyncDispose]();
  rmSync(directory, { recursive: true });
}, LIMIT_MS);

test(
  'an answer reaches the worker that holds the call, whichever of them took it',
  async () => {
    await using one = await startOwnWorker();
    await using other = await startOwnWorker();
    expect(one).not.toBe(other);
    for (let round = 0; round < 4; round += 1) {
      const taskRef = await start('ask');
      await untilAsked(taskRef);
      await gateway.tasks.provideInput(caller, taskRef, { question_1: answer });
      const { state } = await untilDone(taskRef);
      expect(state).toMatchObject({
        status: 'completed',
        result: { content: [{ text: JSON.stringify(answer) }] },
      });
    }
    expect(readEffects().filter((line) => line === 'asked')).toHaveLength(4);
  },
  LIMIT_MS,
);

test(
  'a call whose worker is gone ends with what happened, answered or not, and nothing is run twice',
  async () => {
    const before = readEffects();
    const answered = await start('ask');
    let silent: string;
    {
      await using first = await startOwnWorker();
      expect(first).toBeDefined();
      await untilAsked(answered);
      silent = await start('ask', stranger);
      await untilAsked(silent, stranger);
    }
    await using next = await startOwnWorker();
    expect(next).toBeDefined();
    await gateway.tasks.provideInput(caller, answered, { question_1: answer });
    for (const { state } of [await untilDone(answered), await untilDone(silent, stranger)]) {
      expect(state).toMatchObject({
        status: 'failed',
        error: {
          code: 'OUTCOME_UNKNOWN',
          message: expect.stringContaining(
            'its connection or its worker has ended before the answer came; the tool was not run again',
          ) as never,
        },
      });
    }
    expect(readEffects()).toEqual([...before, 'asked', 'asked']);
  },
  LIMIT_MS,
);

test(
  'a call whose server dies while a person thinks ends by itself, and one that is cancelled then ends there',
  async () => {
    const before = readEffects();
    await using worker = await startOwnWorker();
    expect(worker).toBeDefined();
    const [cancelled, dying] = [await start('ask', stranger), await start('ask')];
    await untilAsked(cancelled, stranger);
    await untilAsked(dying);
    await gateway.tasks.cancel(stranger, cancelled);
    expect((await untilDone(cancelled, stranger)).state).toMatchObject({
      error: { code: 'CANCELLED' },
    });
    while (!readEffects().includes('cancelled')) await sleep(50);
    const { state: read } = await untilDone(await start('read'));
    const { result } = read as unknown as { result: { structuredContent: { pid: number } } };
    process.kill(result.structuredContent.pid, 'SIGKILL');
    const { state } = await untilDone(dying);
    expect(state).toMatchObject({
      status: 'failed',
      attempt: 2,
      error: {
        code: 'OUTCOME_UNKNOWN',
        message: expect.stringContaining(
          'upstream shelf, tool ask: no result came while the tool ran (Connection closed)',
        ) as never,
      },
    });
    expect(readEffects()).toEqual([...before, 'asked', 'asked', 'cancelled']);
  },
  LIMIT_MS,
);

test(
  'in the activity lane a tool that answers does so, and one that asks fails and leaves nothing open',
  async () => {
    await using worker = await startOwnWorker();
    expect(worker).toBeDefined();
    await using quick = await openQuick();
    const call = async (operation: string): Promise<Task> => {
      const { task } = await quick.tasks.start(caller, { operation, parameters: {} });
      expect(task.taskRef).toMatch(/\.a.{22}$/);
      return quick.tasks.wait(caller, task.taskRef, 60_000);
    };
    const before = readEffects();
    expect(await call('read')).toMatchObject({ state: { status: 'completed', attempt: 1 } });
    expect(await call('refuse')).toMatchObject({ state: { error: { code: 'UPSTREAM_REJECTED' } } });
    const image = { type: 'image', data: 'AAEC', mimeType: 'image/png' };
    expect(await call('rich')).toMatchObject({
      state: { status: 'completed', attempt: 1, result: { content: [image, {}, {}, {}, {}] } },
    });
    expect(await call('ask')).toMatchObject({
      state: {
        error: { code: 'INTERNAL', message: expect.stringContaining('lane: workflow') as never },
      },
    });
    while (readEffects().length < before.length + 2) await sleep(50);
    expect(readEffects()).toEqual([...before, 'asked', 'cancelled']);
  },
  LIMIT_MS,
);

test(
  'in the activity lane a slow tool reports, and a cancel reaches its server',
  async () => {
    await using worker = await startOwnWorker();
    expect(worker).toBeDefined();
    await using quick = await openQuick();
    const before = readEffects();
    const begin = async (ms: number) => {
      const { task } = await quick.tasks.start(caller, { operation: 'slow', parameters: { ms } });
      return task.taskRef;
    };
    const [cancelled, completed] = [await begin(200_000), await begin(2_000)];
    await untilState(cancelled, (state) => 'progress' in state && state.progress !== null);
    expect(await quick.tasks.cancel(caller, cancelled, 'enough')).toMatchObject({
      cancellation: 'confirmed',
      task: { state: { error: { code: 'CANCELLED' } } },
    });
    expect((await quick.tasks.wait(caller, completed, 60_000)).state).toMatchObject({
      status: 'completed',
      attempt: 1,
      result: { content: [{ type: 'text', text: 'slow is done' }] },
    });
    while (readEffects().length < before.length + 4) await sleep(50);
    const effectsOf = readEffects().slice(before.length);
    expect(effectsOf.map((line) => line.replace(/ in \d+$/, '')).toSorted()).toEqual([
      'cancelled',
      'slow began',
      'slow began',
      'slow ended',
    ]);
  },
  LIMIT_MS,
);

test(
  'a restart of everything goes on with the task of the server, and a cancel goes to it',
  async () => {
    const [kept, cancelled] = await Promise.all([start('work'), start('work')]);
    {
      await using first = await startOwnWorker();
      expect(first).toBeDefined();
      while (peer.tasks.size < 2) await sleep(50);
      await untilState(kept, ({ status }) => status === 'processing');
    }
    await gateway[Symbol.asyncDispose]();
    gateway = await openTestGateway(temporal.address, processes.createOwnRegistry());
    await using next = await startOwnWorker();
    expect(next).toBeDefined();
    await gateway.tasks.cancel(caller, cancelled);
    expect((await untilDone(cancelled)).state).toMatchObject({ error: { code: 'CANCELLED' } });
    expect([...peer.tasks.values()].filter(({ status }) => status === 'cancelled')).toHaveLength(1);
    const result = { content: [{ type: 'text', text: 'done' }], structuredContent: { at: 1 } };
    peer.end({ status: 'completed', result });
    expect((await untilDone(kept)).state).toMatchObject({ status: 'completed', result });
    expect(peer.requests.filter(({ method }) => method === 'tools/call')).toHaveLength(2);
  },
  LIMIT_MS,
);

test(
  'a task of the server that asks ends by itself where the server goes on without an answer, or forgets it',
  async () => {
    await using worker = await startOwnWorker();
    expect(worker).toBeDefined();
    const calls = () => peer.requests.filter(({ method }) => method === 'tools/call').length;
    const before = calls();
    peer.tasks.clear();
    const [going, forgotten] = await Promise.all([start('work'), start('work')]);
    while (peer.tasks.size < 2) await sleep(50);
    const params = { message: 'Really?', requestedSchema: { type: 'object', properties: {} } };
    const inputRequests = { confirm: { method: 'elicitation/create', params } };
    peer.end({ status: 'input_required', inputRequests });
    await Promise.all([going, forgotten].map(async (taskRef) => untilAsked(taskRef)));
    const result = { content: [{ type: 'text', text: 'nobody answered' }] };
    const [first = ''] = peer.tasks.keys();
    peer.tasks.clear();
    peer.tasks.set(first, { status: 'completed', createdAt: new Date(0).toISOString(), result });
    const ends = [await untilDone(going), await untilDone(forgotten)].map(({ state }) => state);
    expect(ends).toContainEqual(expect.objectContaining({ status: 'completed', result }));
    const message = 'upstream peer, tool work: the server no longer knows the task';
    const error = { code: 'OUTCOME_UNKNOWN', message: expect.stringContaining(message) as never };
    expect(ends).toContainEqual(
      expect.objectContaining({ status: 'failed', error: expect.objectContaining(error) as never }),
    );
    expect(calls()).toBe(before + 2);
  },
  LIMIT_MS,
);

const seed = drawSeed();

test(
  `of calls to a server that dies at random none is doubled, and none is lost without a word (TEST_SEED=${seed})`,
  async () => {
    await using worker = await startOwnWorker();
    expect(worker).toBeDefined();
    const before = readEffects().length;
    const draws = fc.sample(fc.integer({ min: 0, max: 8 }), { seed, numRuns: 60 });
    const lines = draws.map((drawn, index) => `${drawn === 0 ? 'die ' : ''}${index}`);
    const ends = new Map<string, string>();
    const add = async (line: string): Promise<void> => {
      const { state } = await untilDone(await start('add', caller, { line }));
      ends.set(line, state.status === 'failed' ? state.error.code : state.status);
    };
    for (let at = 0; at < lines.length; at += 4) {
      await Promise.all(lines.slice(at, at + 4).map(add));
    }
    const seen = readEffects().slice(before);
    expect(new Set(seen).size).toBe(seen.length);
    for (const line of lines) {
      const allowed = seen.includes(line)
        ? ['completed', 'OUTCOME_UNKNOWN']
        : ['OUTCOME_UNKNOWN', 'UPSTREAM_UNAVAILABLE'];
      expect([line, allowed]).toEqual([line, expect.arrayContaining([ends.get(line)])]);
    }
  },
  LIMIT_MS,
);
