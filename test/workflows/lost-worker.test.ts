import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startChild, type Child } from '../support/processes/child.ts';
import type { TaskChange } from '../support/temporal/tasks-without-gateway.ts';
import type { TestTask, End } from '../support/temporal/test-task.ts';
import { startRealTimeTasks, type RealTimeTasks } from '../support/temporal/real-time-tasks.ts';

let tasks: RealTimeTasks;
beforeAll(async () => {
  tasks = await startRealTimeTasks();
});
afterAll(async () => tasks[Symbol.asyncDispose]());

const startWorker = async (mode: 'hang' | 'answer'): Promise<Child> => {
  const child = startChild(new URL('hanging-worker.ts', import.meta.url), [tasks.address, mode]);
  expect(await child.line()).toBe('ready');
  return child;
};

/** Tasks whose first worker hangs in a step of each. */
const kinds = {
  harmless: { idempotent: true, parameters: { hang_in: 'run' } },
  harmful: { idempotent: false, parameters: { hang_in: 'run' } },
  harmlessCancelled: { idempotent: true, parameters: { hang_in: 'run' } },
  harmfulCancelled: { idempotent: false, parameters: { hang_in: 'run' } },
  harmlessSubmit: { kind: 'job', idempotent: true, parameters: { hang_in: 'submit' } },
  harmfulSubmit: { kind: 'job', idempotent: false, parameters: { hang_in: 'submit' } },
  look: { kind: 'job', idempotent: false, parameters: { hang_in: 'poll' } },
} as const satisfies Record<string, TaskChange>;

type Kind = keyof typeof kinds;

const names = Object.keys(kinds) as Kind[];

/** Loses the first worker of every kind of task as `lose` does, and tells how each task ended with the second. */
async function loseWorker(lose: (worker: Child) => Promise<void>): Promise<{
  readonly ends: Record<Kind, End>;
  readonly tookMs: Record<Kind, number>;
  readonly calls: (kind: Kind) => string[];
}> {
  const calls: string[] = [];
  await using first = await startWorker('hang');
  const started = {} as Record<Kind, TestTask>;
  for (const kind of names) {
    started[kind] = await tasks.start('kind' in kinds[kind] ? 'train' : 'refund', {
      ...kinds[kind],
      policy: { heartbeatMs: 15_000 },
    });
  }
  // A line for each task, and the submit before the look.
  while (calls.length < names.length + 1) calls.push(await first.line());
  await lose(first);
  for (const kind of ['harmlessCancelled', 'harmfulCancelled'] as const) {
    await started[kind].handle.cancel();
  }
  await using second = await startWorker('answer');
  const ofEach = async <Value>(
    read: (task: TestTask) => Promise<Value>,
  ): Promise<Record<Kind, Value>> => {
    const reads = names.map(async (kind) => [kind, await read(started[kind])] as const);
    return Object.fromEntries(await Promise.all(reads)) as Record<Kind, Value>;
  };
  const ends = await ofEach(async (task) => task.end());
  second.send('end');
  calls.push(...(await second.rest()));
  return {
    ends,
    tookMs: await ofEach(async (task) => task.tookMs()),
    calls: (kind) =>
      calls
        .filter((line) => line.endsWith(` ${started[kind].handle.workflowId}`))
        .map((line) => line.split(' ').slice(0, 2).join(' ')),
  };
}

describe.each([
  [
    'is killed',
    async (worker: Child) => {
      worker.kill('SIGKILL');
      await worker.exit;
    },
  ],
  [
    'shuts down',
    async (worker: Child) => {
      worker.send('end');
      await worker.exit;
    },
  ],
])('a worker that %s', (_, lose) => {
  let lost: Awaited<ReturnType<typeof loseWorker>>;
  beforeAll(async () => {
    lost = await loseWorker(lose);
  });

  test('leaves an attempt to the next where repeating is harmless', () => {
    expect(lost.ends.harmless).toEqual({ result: 'done', attempt: 2 });
    expect(lost.calls('harmless')).toEqual(['run 1', 'run 2']);
  });

  test('leaves a doubt where repeating may do harm, and nothing is repeated', () => {
    expect(lost.ends.harmful).toMatchObject({ code: 'OUTCOME_UNKNOWN', attempt: 1 });
    expect(lost.calls('harmful')).toEqual(['run 1']);
  });

  test('does not keep a cancel from ending the task, and nothing is repeated', () => {
    expect(lost.ends.harmlessCancelled).toMatchObject({ code: 'CANCELLED' });
    expect(lost.calls('harmlessCancelled')).toEqual(['run 1']);
  });

  test('leaves a doubt also to a task that was cancelled', () => {
    expect(lost.ends.harmfulCancelled).toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    expect(lost.calls('harmfulCancelled')).toEqual(['run 1']);
  });

  test('leaves a submit to the next where the upstream honours the key', () => {
    expect(lost.ends.harmlessSubmit).toEqual({ result: 'model', attempt: 2 });
    expect(lost.calls('harmlessSubmit')).toEqual(['submit 1', 'submit 2', 'poll 2']);
  });

  test('leaves a doubt where a second submit might start a second job', () => {
    expect(lost.ends.harmfulSubmit).toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    expect(lost.calls('harmfulSubmit')).toEqual(['submit 1']);
  });

  test('leaves the looks at a job to the next, and nothing is submitted twice', () => {
    expect(lost.ends.look).toEqual({ result: 'model', attempt: 1 });
    expect(lost.calls('look')).toEqual(['submit 1', 'poll 1', 'poll 1']);
  });

  test('keeps nobody waiting until the total runs out', () => {
    for (const tookMs of Object.values(lost.tookMs)) expect(tookMs).toBeLessThan(110_000);
  });
});
