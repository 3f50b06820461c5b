// `longhaul wrap`: calls of another server's tools, when the client leaves, and when what carries them is killed.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { liveBackgroundWorker } from '../../src/assembly/background/state.ts';
import { processIdentity, readDataDirectory } from '../../src/local/index.ts';
import { awaitEnd, callUntilReachable } from '../support/clients/follow-task.ts';
import { connectClient, DIALECTS, type TestClient } from '../support/clients/mcp-clients.ts';
import { startChild } from '../support/processes/child.ts';
import { bareEnvironment, CLI, createHome, type Home } from '../support/processes/home.ts';

const LIMIT_MS = 300_000;
const SERVER = fileURLToPath(new URL('../support/peers/mcp-server.js', import.meta.url));
const CLIENT = new URL('../support/clients/killable-client.ts', import.meta.url);

let home: Home;
beforeAll(async () => {
  home = await createHome();
});
afterAll(async () => home[Symbol.asyncDispose](), LIMIT_MS);

const toCommand = (): string[] => {
  const flags = ['--data-dir', home.dataDirectory, '--log-level', 'error', '--name', 'shelf'];
  const effects = join(home.path, 'effects');
  return [CLI, 'wrap', ...flags, '--', process.execPath, SERVER, effects, 'stays', 'leaks'];
};
const env = () => bareEnvironment({ XDG_STATE_HOME: home.path }) as Record<string, string>;
const connect = async () =>
  connectClient(DIALECTS[1], {
    ...{ command: process.execPath, args: toCommand() },
    ...{ cwd: home.path, env: env() },
  });

const readEffects = async (): Promise<string[]> =>
  (await readFile(join(home.path, 'effects'), 'utf8').catch(() => '')).split('\n').filter(Boolean);
/** Waits for as many effects, of those that hold a word. */
const untilEffects = async (count: number, word = ''): Promise<string[]> => {
  for (;;) {
    const seen = (await readEffects()).filter((line) => line.includes(word));
    if (seen.length >= count) return seen;
    await sleep(50);
  }
};

/** The end of a task that a new client finds by its key, and what the server has done since. */
async function findEnd(key: string) {
  await using client = await connect();
  const args = { idempotency_key: key };
  const found = await callUntilReachable(client, 'list_background_tasks', args);
  return (await awaitEnd(client, found.json.tasks[0]!.task_ref)).json;
}

/** A task that waits for an answer. */
async function startAsking(client: TestClient): Promise<string> {
  const args = { operation_type: 'ask', parameters: {} };
  const { task_ref: asking } = (await client.call('initiate_background_task', args)).json;
  for (let status = ''; status !== 'input_required';) {
    const args = { task_ref: asking, wait_seconds: 5 };
    ({ status } = (await callUntilReachable(client, 'resolve_task_status', args)).json);
  }
  return asking;
}

test(
  'a call outlives the client that gives up, and an answer reaches the call that asked',
  async () => {
    const first = await connect();
    expect((await first.call('add', { line: 'one' })).text).toBe('added one');
    const stop = new AbortController();
    const slow = { ms: 4_000, idempotency_key: 'slow' };
    const given = first.call('slow', slow, { signal: stop.signal });
    given.catch(() => undefined);
    await untilEffects(2);
    stop.abort();
    await first[Symbol.asyncDispose]();
    expect(await findEnd('slow')).toMatchObject({
      status: 'completed',
      result: { content: [{ type: 'text', text: 'slow is done' }] },
    });
    expect(await readEffects()).toEqual([
      'one',
      expect.stringContaining('slow began'),
      'slow ended',
    ]);

    await using client = await connect();
    const asking = await startAsking(client);
    const responses = { question_1: { action: 'accept', content: { sure: true } } };
    await client.call('provide_task_input', { task_ref: asking, responses });
    expect((await awaitEnd(client, asking)).json.result).toEqual({
      content: [{ type: 'text', text: JSON.stringify(responses.question_1) }],
    });
  },
  LIMIT_MS,
);

/** A client in the middle of calls that take a while, and what serves it. */
async function startCalls(keys: Readonly<Record<string, string>>) {
  const before = (await readEffects()).filter((line) => line.includes('began'));
  const calls = Object.entries(keys).map(([tool, key]) => [
    tool,
    { ms: 3_000, idempotency_key: key },
  ]);
  const given = JSON.stringify(Object.fromEntries(calls));
  const client = startChild(CLIENT, [given, process.execPath, ...toCommand()], env());
  const gateway = Number(await client.line());
  const [began] = (await untilEffects(before.length + calls.length, 'began')).slice(-1);
  return { client, gateway, server: Number(began?.split(' ').at(-1)) };
}

/** What the server has done since, without the numbers of processes. */
const effectsSince = async (before: readonly string[]): Promise<string[]> =>
  (await readEffects()).slice(before.length).map((line) => line.replace(/ in \d+$/, ''));

const untilGone = async (pid: number): Promise<void> => {
  while (processIdentity(pid)) await sleep(50);
};

test(
  'a call goes on when its client is killed, and when its gateway is, and is found by the next client',
  async () => {
    const before = await readEffects();
    for (const killed of ['client', 'gateway'] as const) {
      const { client, gateway } = await startCalls({ slow: killed });
      await using child = client;
      process.kill(killed === 'client' ? child.pid : gateway, 'SIGKILL');
      await untilGone(gateway);
    }
    for (const key of ['client', 'gateway']) {
      expect(await findEnd(key)).toMatchObject({
        status: 'completed',
        result: { content: [{ type: 'text', text: 'slow is done' }] },
      });
    }
    const effects = await effectsSince(before);
    expect(effects.sort()).toEqual(['slow began', 'slow began', 'slow ended', 'slow ended']);
  },
  LIMIT_MS,
);

test.each(['the worker', 'everything'])(
  'where %s is killed, no process of the server stays, and only what may run again does',
  async (killed) => {
    const before = await readEffects();
    const [once, again] = [`once without ${killed}`, `again without ${killed}`].map((key) =>
      key.replaceAll(' ', '-'),
    ) as [string, string];
    const { client, gateway, server } = await startCalls({ slow: once, slow_read: again });
    await using child = client;
    const worker = liveBackgroundWorker(home.dataDirectory)!.pid;
    const temporal = (await readDataDirectory(home.dataDirectory)).server!.pid;
    const all = killed === 'everything' ? [worker, temporal, gateway, child.pid] : [worker];
    for (const pid of all) process.kill(pid, 'SIGKILL');
    await untilGone(server);
    expect(await findEnd(once)).toMatchObject({
      status: 'failed',
      error: { code: 'OUTCOME_UNKNOWN' },
    });
    expect(await findEnd(again)).toMatchObject({ status: 'completed', attempt: 2 });
    expect(await effectsSince(before)).toEqual([
      ...['slow began', 'slow began'],
      ...['slow began', 'slow ended'],
    ]);
  },
  LIMIT_MS,
);

test(
  'where the worker is killed while a person thinks, the task ends with what happened, answered or not, and nothing runs twice',
  async () => {
    const before = await readEffects();
    const asking: string[] = [];
    const killWorker = async (client: TestClient): Promise<void> => {
      const { pid } = (await client.call('read', {})).structured as { pid: number };
      asking.push(await startAsking(client));
      process.kill(liveBackgroundWorker(home.dataDirectory)!.pid, 'SIGKILL');
      await untilGone(pid);
    };
    {
      await using client = await connect();
      await killWorker(client);
    }
    await using client = await connect();
    await killWorker(client);
    const responses = { question_1: { action: 'accept', content: { sure: true } } };
    await client.call('provide_task_input', { task_ref: asking[1], responses });
    await using next = await connect();
    for (const taskRef of asking) {
      expect((await awaitEnd(next, taskRef)).json).toMatchObject({
        status: 'failed',
        error: {
          code: 'OUTCOME_UNKNOWN',
          message: expect.stringContaining('the tool was not run again') as never,
        },
      });
    }
    expect(await effectsSince(before)).toEqual(['asked', 'asked']);
  },
  LIMIT_MS,
);
