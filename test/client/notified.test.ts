// A callback wakes who waits; without one the pause ends by itself.
import { describe, expect, test } from '@jest/globals';
import { createTaskClient, type Timing } from '../../src/client/index.ts';
import { COMPLETED, createScriptedTool, toDialectWithout, toRunning } from './scripted-tool.ts';

/** A clock on which a pause lasts until it is cut short; `pausing` resolves with the first. */
function createEndlessTiming() {
  let begin: () => void = () => undefined;
  const pausing = new Promise<void>((resolve) => (begin = resolve));
  const timing: Timing = {
    now: () => 0,
    random: () => 0,
    sleep: async (_, signal) =>
      new Promise((__, reject) => {
        signal.addEventListener('abort', () => {
          reject(signal.reason as Error);
        });
        begin();
      }),
  };
  return { timing, pausing };
}

function setUp() {
  const { timing, pausing } = createEndlessTiming();
  const server = createScriptedTool(timing, [toRunning(30_000), COMPLETED]);
  const dialect = toDialectWithout('waitSeconds');
  return { client: createTaskClient(server.call, { timing, dialect }), pausing, server };
}

const event = { type: 'task.completed', data: { task_ref: 'k.1', status: 'completed' } };

describe('a callback', () => {
  test('has whoever waits for its task look at once', async () => {
    const { client, pausing } = setUp();
    const outcome = client.resume('k.1').wait();
    await pausing;
    expect(client.notified(JSON.stringify(event))).toBe(true);
    expect(await outcome).toMatchObject({ status: 'completed', result: { ok: true } });
  });

  test.each([
    ['of another task', { data: { task_ref: 'k.2' } }],
    ['that is no event', 'not JSON'],
    ['of nothing', {}],
    ['with a body of another form', '[1]'],
  ])('%s wakes nobody', async (_, body) => {
    const { client, pausing } = setUp();
    const over = new AbortController();
    const outcome = client.resume('k.1').wait({ signal: over.signal });
    await pausing;
    expect(client.notified(body)).toBe(false);
    over.abort(new Error('the test is over'));
    await expect(outcome).rejects.toThrow('the test is over');
    expect(client.notified(event)).toBe(false);
  });
});
