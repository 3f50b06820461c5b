// `longhaul wrap`: calls of another server's tools, when the client leaves and when the worker is killed.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { liveBackgroundWorker } from '../../src/assembly/background/state.ts';
import { processIdentity } from '../../src/local/index.ts';
import { awaitEnd, callUntilReachable } from '../support/clients/follow-task.ts';
import { connectClient, DIALECTS } from '../support/clients/mcp-clients.ts';
import { bareEnvironment, CLI, createHome, type Home } from '../support/processes/home.ts';

const LIMIT_MS = 300_000;
const SERVER = fileURLToPath(new URL('../support/peers/mcp-server.js', import.meta.url));

const effectsOf = async (home: Home): Promise<string[]> =>
  (await readFile(join(home.path, 'effects'), 'utf8').catch(() => '')).split('\n').filter(Boolean);

test(
  'calls of a wrapped server outlive the client that leaves, and end truthfully when the worker is killed',
  async () => {
    await using home = await createHome();
    const effects = join(home.path, 'effects');
    const flags = ['--data-dir', home.dataDirectory, '--log-level', 'error', '--name', 'shelf'];
    const connect = () =>
      connectClient(DIALECTS[1], {
        command: process.execPath,
        args: [CLI, 'wrap', ...flags, '--', process.execPath, SERVER, effects, 'stays', 'leaks'],
        cwd: home.path,
        env: bareEnvironment({ XDG_STATE_HOME: home.path }) as Record<string, string>,
      });
    const untilEffects = async (count: number) => {
      while ((await effectsOf(home)).length < count) await sleep(50);
    };

    // a client gives up and leaves; the next one finds what came of its call
    const first = await connect();
    expect((await first.call('add', { line: 'one' })).text).toBe('added one');
    const stop = new AbortController();
    const slow = { ms: 4_000, idempotency_key: 'slow' };
    const given = first.call('slow', slow, { signal: stop.signal });
    given.catch(() => undefined);
    await untilEffects(2);
    stop.abort();
    await first[Symbol.asyncDispose]();
    await using client = await connect();
    const found = await callUntilReachable(client, 'list_background_tasks', {
      idempotency_key: 'slow',
    });
    expect((await awaitEnd(client, found.json.tasks[0]!.task_ref)).json).toMatchObject({
      status: 'completed',
      result: { content: [{ type: 'text', text: 'slow is done' }] },
    });
    expect(await effectsOf(home)).toEqual([
      'one',
      expect.stringContaining('slow began'),
      'slow ended',
    ]);

    // a tool asks, and the answer reaches the call that asked
    const start = async (operation: string): Promise<string> => {
      const args = { operation_type: operation, parameters: { ms: 4_000 } };
      return (await client.call('initiate_background_task', args)).json.task_ref;
    };
    const asking = await start('ask');
    await untilEffects(4);
    const responses = { question_1: { action: 'accept', content: { sure: true } } };
    for (let status = ''; status !== 'input_required';) {
      const args = { task_ref: asking, wait_seconds: 5 };
      ({ status } = (await client.call('resolve_task_status', args)).json);
    }
    await client.call('provide_task_input', { task_ref: asking, responses });
    expect((await awaitEnd(client, asking)).json.result).toEqual({
      content: [{ type: 'text', text: JSON.stringify(responses.question_1) }],
    });

    // the worker is killed: no process stays, and only what may run again does
    const [once, again] = [await start('slow'), await start('slow_read')];
    await untilEffects(7);
    const [pid] = (await effectsOf(home)).slice(-1).map((line) => Number(line.split(' ').at(-1)));
    process.kill(liveBackgroundWorker(home.dataDirectory)!.pid, 'SIGKILL');
    expect((await awaitEnd(client, once)).json).toMatchObject({
      status: 'failed',
      error: { code: 'OUTCOME_UNKNOWN' },
    });
    expect((await awaitEnd(client, again)).json).toMatchObject({ status: 'completed', attempt: 2 });
    expect(processIdentity(pid!)).toBeUndefined();
    const began = (await effectsOf(home)).filter((line) => line.startsWith('slow began'));
    expect(began).toHaveLength(1 + 2 + 1);
  },
  LIMIT_MS,
);
