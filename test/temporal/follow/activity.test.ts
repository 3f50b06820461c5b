// Tasks that are activities of others, on a real server: a worker of theirs that has activities only.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Context } from '@temporalio/activity';
import { ApplicationFailure, defaultPayloadConverter } from '@temporalio/common';
import { Worker } from '@temporalio/worker';
import type { Json, JsonObject } from '../../../src/contract/json.ts';
import { TASK_HEADER } from '../../../src/contract/workflow/target.ts';
import type { Task } from '../../../src/contract/task.ts';
import { defineActivity, type ActivityDeclaration } from '../../support/operations/declared.ts';
import { createRegistry } from '../../../src/operations/registry.ts';
import { runWorker, type RunningWorker } from '../../../src/temporal/worker/running-worker.ts';
import { createTestEncryption } from '../../encryption/keys.ts';
import {
  openTestGateway,
  startTestWorker,
  type TestGateway,
} from '../../support/temporal/gateway-and-worker.ts';
import { startTestTemporal, type TestTemporal } from '../../support/temporal/server.ts';
import { LIMIT_MS } from './followed-tasks.ts';

const me = { principal: 'local' };

const input = { type: 'object', properties: { url: { type: 'string' } }, required: ['url'] };

type Change = Partial<Omit<ActivityDeclaration, 'activity'>> & {
  readonly activity?: Partial<ActivityDeclaration['activity']>;
};

function declare(name: string, { activity, ...change }: Change = {}) {
  return defineActivity(name, {
    kind: 'activity',
    description: 'An activity of somebody else.',
    input,
    ...change,
    activity: { type: name, taskQueue: 'gpu', ...activity },
  });
}

/** Headers of the activities that were called, by their first argument. */
const headers: JsonObject[] = [];
let attempts = 0;

const activities = {
  transcribe: async ({ url }: { url: string }) => ({ text: `words of ${url}`, seconds: 3 }),
  named: async (names: unknown) => names,
  bytes: async () => new Uint8Array([1, 2, 3]),
  undecoded: async () => {
    throw ApplicationFailure.create({ type: '', message: 'Failed decoding arguments' });
  },
  beat: async () => {
    Context.current().heartbeat({ fraction: 0.5, message: 'half way' });
    await Context.current().sleep(1_500);
    return 'beaten';
  },
  fail: async ({ url }: { url: string }) => {
    throw ApplicationFailure.create({ type: url, message: 'as its author says' });
  },
  failTwice: async () => {
    attempts += 1;
    if (attempts < 3) throw new Error('not yet');
    return attempts;
  },
  untilCancelled: async () => {
    const beat = setInterval(() => {
      Context.current().heartbeat();
    }, 100);
    try {
      await Context.current().cancelled;
    } finally {
      clearInterval(beat);
    }
  },
};

const registry = createRegistry([
  ...['transcribe', 'beat', 'fail', 'bytes', 'undecoded'].map((name) => declare(name)),
  declare('part', { activity: { type: 'transcribe', result: '/text' } }),
  declare('checked', { activity: { type: 'transcribe' }, output: { type: 'string' } }),
  declare('named', {
    activity: { args: [['{longhaul.task_ref}', '{longhaul.idempotency_key}', '{url}']] },
  }),
  declare('failTwice', { policy: { retryAttempts: 5, retryInitialIntervalMs: 10 } }),
  declare('unpolled', { activity: { taskQueue: 'nobody' }, policy: { queueTimeoutSeconds: 1 } }),
  declare('unknown'),
  declare('untilCancelled', { policy: { heartbeatTimeoutSeconds: 5 } }),
]);

let temporal: TestTemporal;
let gateway: TestGateway;
let ours: RunningWorker;
let theirs: RunningWorker;

beforeAll(async () => {
  temporal = await startTestTemporal();
  gateway = await openTestGateway(temporal.address, registry);
  ours = await startTestWorker(gateway, registry);
  theirs = runWorker(
    await Worker.create({
      connection: gateway.connected.connection,
      taskQueue: 'gpu',
      activities,
      maxHeartbeatThrottleInterval: '100ms',
      interceptors: {
        activity: [
          () => ({
            inbound: {
              execute: async (call, next) => {
                const header = call.headers[TASK_HEADER];
                if (header) headers.push(defaultPayloadConverter.fromPayload(header));
                return next(call);
              },
            },
          }),
        ],
      },
    }),
  );
}, LIMIT_MS);

afterAll(async () => {
  await theirs.stop();
  await ours.stop();
  await gateway[Symbol.asyncDispose]();
  await temporal[Symbol.asyncDispose]();
});

async function start(operation: string, url: Json = 'a.wav'): Promise<Task> {
  return (await gateway.tasks.start(me, { operation, parameters: { url } })).task;
}

async function end({ taskRef }: Task): Promise<Task['state']> {
  return (await gateway.tasks.wait(me, taskRef, 20_000)).state;
}

describe('an activity of others', () => {
  test('gets the parameters, and what it returns is the result', async () => {
    expect(await end(await start('transcribe'))).toMatchObject({
      status: 'completed',
      result: { text: 'words of a.wav', seconds: 3 },
      attempt: 1,
    });
  });

  test('gives the part that is declared, and nothing that does not fit', async () => {
    expect(await end(await start('part'))).toMatchObject({ result: 'words of a.wav' });
    expect(await end(await start('checked'))).toMatchObject({ error: { code: 'INTERNAL' } });
  });

  test('is told the task, in its arguments and in a header', async () => {
    const task = await start('named');
    const { result } = (await end(task)) as { readonly result: readonly string[] };
    expect(result).toEqual([task.taskRef, expect.stringMatching(/^[\w-]{43}$/), 'a.wav']);
    expect(headers).toContainEqual({ task_ref: task.taskRef, idempotency_key: result[1] });
  });

  test('says how far it is with its heartbeat', async () => {
    const task = await start('beat');
    const read = async () => (await gateway.tasks.read(me, task.taskRef)).state;
    let state = await read();
    while (state.status !== 'processing' || !state.progress) state = await read();
    expect(state.progress).toEqual({ fraction: 0.5, message: 'half way' });
    expect(await end(task)).toMatchObject({ result: 'beaten' });
  });

  test('keeps a code of the table, and says its own type otherwise', async () => {
    expect(await end(await start('fail', 'FILE_NOT_FOUND'))).toMatchObject({
      error: { code: 'FILE_NOT_FOUND' },
    });
    expect(await end(await start('fail', 'OutOfMemory'))).toMatchObject({
      error: {
        code: 'UPSTREAM_UNAVAILABLE',
        message: 'fail failed with OutOfMemory: as its author says',
        details: { failure: { type: 'OutOfMemory', retryable: true } },
      },
    });
  });

  test('whose result is no JSON, or that cannot read its arguments, says so', async () => {
    expect(await end(await start('bytes'))).toMatchObject({
      error: {
        code: 'OUTCOME_UNKNOWN',
        message:
          'bytes completed, but its result cannot be read: it is no JSON but bytes; let the activity return JSON',
      },
    });
    expect(await end(await start('undecoded'))).toMatchObject({
      error: {
        message:
          'undecoded failed with Error: Failed decoding arguments; see that the arguments of the operation are what its worker takes',
      },
    });
  });

  test('is tried again as the policy says', async () => {
    expect(await end(await start('failTwice'))).toMatchObject({ result: 3, attempt: 3 });
  });

  test('that no worker has, or whose queue none polls, is named', async () => {
    expect(await end(await start('unpolled'))).toMatchObject({
      error: {
        code: 'QUEUE_TIMEOUT',
        message:
          'no worker of the task queue nobody took unpolled within its queue time; nothing was run',
      },
    });
    expect(await end(await start('unknown'))).toMatchObject({
      error: { message: expect.stringContaining('not registered') },
    });
  });

  test('is cancelled by its heartbeat', async () => {
    const task = await start('untilCancelled');
    while ((await gateway.tasks.read(me, task.taskRef)).state.status !== 'processing');
    expect(await gateway.tasks.cancel(me, task.taskRef)).toMatchObject({
      cancellation: 'confirmed',
    });
  });
});

test('with encryption on, a worker without the codec is told of by one sentence', async () => {
  const encryption = createTestEncryption();
  const options = { taskQueue: 'sealed' };
  await using sealed = await openTestGateway(temporal.address, registry, options, encryption);
  await using worker = await startTestWorker(sealed, registry, options);
  expect(worker.isPolling).toBe(true);
  const request = { operation: 'transcribe', parameters: { url: 'a.wav' } };
  const { task } = await sealed.tasks.start(me, request);
  expect((await sealed.tasks.wait(me, task.taskRef, 20_000)).state).toMatchObject({
    error: {
      message: expect.stringMatching(
        /; encryption is on, so its worker needs a codec with the keys of Longhaul$/,
      ),
    },
  });
});

test.each(['namespace', 'profile'])('another %s is refused, with the way out', (place) => {
  expect(() => declare('there', { activity: { [place]: 'warehouse' } })).toThrow(
    new RegExp(`^operation there: /activity/${place}: expected nothing here: .*kind: workflow`),
  );
});

test('a limit that only Longhaul keeps is refused', () => {
  expect(() => declare('limited', { policy: { concurrency: 1 } })).toThrow(
    'operation limited: policy: concurrency: the workers of the activity',
  );
});
