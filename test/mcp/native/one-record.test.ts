// One record behind every face: random calls of all faces at once, every answer held against one model of the task.
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createTaskError } from '../../../src/contract/errors.ts';
import type { TaskState } from '../../../src/contract/task.ts';
import { DEFAULT_POLLING } from '../../support/gateways/face.ts';
import { toProcessing } from '../../support/gateways/fake-task-service.ts';
import { startGateway, type Running } from '../../support/gateways/http-gateway.ts';
import { callLegacy, callModern } from '../../support/clients/json-rpc.ts';
import { compare } from '../../e2e/one-record/compare.ts';
import { callPair, FACES, toStatuses } from '../../e2e/one-record/faces.ts';
import { createKnown, type Known } from '../../e2e/one-record/known.ts';
import { cancel, read, wait } from '../../e2e/one-record/run.ts';
import { drawSeed } from '../../support/runner/seed.ts';

/** Tasks of one run, about: few enough that they meet, and that a page of tasks/list holds them. */
const TASKS = 4;

const QUESTION = { message: 'Go on?', requestedSchema: { type: 'object', properties: {} } };

/** Where the work may be taken, as somebody outside of the gateway takes it. */
const MOVES: Readonly<Record<string, TaskState>> = {
  attempt: toProcessing({ fraction: 0.5, message: 'half' }),
  ask: { status: 'input_required', attempt: 1, requests: { go: QUESTION } },
  succeed: { status: 'completed', result: { slept: 1 }, attempt: 1 },
  refuse: { status: 'failed', error: createTaskError('UPSTREAM_REJECTED', 'no'), attempt: 1 },
  panic: { status: 'failed', error: createTaskError('INTERNAL', 'panic'), attempt: 1 },
  stop: { status: 'failed', error: createTaskError('CANCELLED', 'stopped'), attempt: 1 },
};

const action = fc.oneof(
  fc.record({
    kind: fc.constantFrom('read', 'wait', 'update', 'cancel' as const),
    face: fc.constantFrom(...FACES),
    task: fc.nat(3),
  }),
  fc.record({
    kind: fc.constant('move' as const),
    to: fc.constantFrom(...Object.keys(MOVES)),
    task: fc.nat(3),
  }),
  fc.record({ kind: fc.constant('start' as const) }),
);
type Action = typeof action extends fc.Arbitrary<infer Value> ? Value : never;

async function act(running: Running, known: Known[], step: Action): Promise<void> {
  if (step.kind === 'start') {
    if (known.length >= TASKS) return;
    const parameters = { seconds: 1 };
    const started = await callPair(running.url, 'initiate_background_task', {
      operation_type: 'sleep',
      parameters,
    });
    known.push(createKnown(started['task_ref'] as string, started['created_at'] as string));
    return;
  }
  const task = known[step.task % Math.max(1, known.length)];
  if (!task) return;
  const { taskId } = task;
  switch (step.kind) {
    case 'move':
      if (step.to === 'stop') task.isCancelSent = true;
      running.tasks.advance(taskId, MOVES[step.to]!);
      return;
    case 'read':
      await read(task, running.url, step.face);
      return;
    case 'wait':
      return wait(task, running.url, 0.02);
    case 'update': {
      const inputResponses = { go: { action: 'decline' }, nobody: { action: 'cancel' } };
      const answer = await callModern(running.url, 'tasks/update', { taskId, inputResponses });
      expect(answer.error).toBeNull();
      return;
    }
    case 'cancel':
      return cancel(task, running.url, step.face);
  }
}

/** After everything has settled, the faces show one state, and so does the list. */
async function compareAll({ url, tasks }: Running, known: Known): Promise<void> {
  const record = await compare({ gateways: [{ url, tasks }], name: 'local' }, known);
  const { result } = await callLegacy(url, 'tasks/list');
  expect(result['tasks']).toContainEqual(
    expect.objectContaining({ taskId: known.taskId, status: toStatuses(record).legacy }),
  );
}

const seed = drawSeed();

test(`every face shows one record, whatever is done on them at once (TEST_SEED=${seed})`, async () => {
  expect.hasAssertions();
  const steps = fc.array(fc.array(action, { minLength: 1, maxLength: 3 }), { maxLength: 20 });
  // the test polls in a loop
  const polling = { ...DEFAULT_POLLING, holdSeconds: 0 };
  await using running = await startGateway({}, { polling });
  await fc.assert(
    fc.asyncProperty(steps, async (run) => {
      const known: Known[] = [];
      await act(running, known, { kind: 'start' });
      for (const together of run) {
        await Promise.all(together.map(async (step) => act(running, known, step)));
        await Promise.all(known.map(async (task) => compareAll(running, task)));
      }
    }),
    { numRuns: 25, seed },
  );
});
