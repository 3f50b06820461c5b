// One record behind three faces: random calls of all faces at once, every answer held against one model of the task.
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createTaskError } from '../../../src/contract/errors.ts';
import type { Json } from '../../../src/contract/json.ts';
import type { TaskState } from '../../../src/contract/task.ts';
import { toProcessing } from '../../support/fake-tasks.ts';
import { startGateway, type Running } from '../../support/gateway.ts';
import { callLegacy, callModern, type NativeAnswer } from '../../support/native-calls.ts';

const FACES = ['pair', 'extension', 'legacy'] as const;
type Face = (typeof FACES)[number];

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

/** What the model knows of a task. */
interface Known {
  readonly taskId: string;
  readonly createdAt: string;
  lastUpdatedAt: string;
  /** Whether a legacy client was told that it is cancelled. */
  isCancelSeen: boolean;
  /** The answer of each face after the end, which never changes. */
  readonly ended: Map<Face, string>;
}

/** The fields of a face's answer, in words of its own. */
async function read({ url }: Running, face: Face, taskId: string) {
  switch (face) {
    case 'pair':
      return callPair(url, 'resolve_task_status', { task_ref: taskId });
    case 'extension':
      return (await callModern(url, 'tasks/get', { taskId })).result;
    case 'legacy':
      return (await callLegacy(url, 'tasks/get', { taskId })).result;
  }
}

async function callPair(url: string, name: string, args: object) {
  const { result } = await callModern(url, 'tools/call', { name, arguments: args }, {});
  return (result['structuredContent'] ?? {}) as Readonly<Record<string, Json>>;
}

async function cancel({ url }: Running, face: Face, known: Known): Promise<void> {
  const { taskId } = known;
  if (face === 'pair') await callPair(url, 'cancel_background_task', { task_ref: taskId });
  if (face === 'extension') {
    expect(await callModern(url, 'tasks/cancel', { taskId })).toMatchObject({
      status: 200,
      error: null,
    });
  }
  if (face === 'legacy') {
    const { result, error } = await callLegacy(url, 'tasks/cancel', { taskId });
    expect(error ?? result).toMatchObject(error ? { code: -32602 } : { status: 'cancelled' });
    if (!error) known.isCancelSeen = true;
  }
}

async function act(running: Running, known: Known[], step: Action): Promise<void> {
  if (step.kind === 'start') {
    if (known.length >= TASKS) return;
    const parameters = { seconds: 1 };
    const started = await callPair(running.url, 'initiate_background_task', {
      operation_type: 'sleep',
      parameters,
    });
    const createdAt = started['created_at'] as string;
    known.push({
      taskId: started['task_ref'] as string,
      createdAt,
      lastUpdatedAt: createdAt,
      isCancelSeen: false,
      ended: new Map(),
    });
    return;
  }
  const task = known[step.task % Math.max(1, known.length)];
  if (!task) return;
  const { taskId } = task;
  switch (step.kind) {
    case 'move':
      running.tasks.advance(taskId, MOVES[step.to]!);
      return;
    case 'read':
      observe(task, step.face, await read(running, step.face, taskId));
      return;
    case 'wait':
      await callPair(running.url, 'resolve_task_status', { task_ref: taskId, wait_seconds: 0.02 });
      return;
    case 'update': {
      const inputResponses = { go: { action: 'decline' }, nobody: { action: 'cancel' } };
      const answer = await callModern(running.url, 'tasks/update', { taskId, inputResponses });
      expect(answer.error).toBeNull();
      return;
    }
    case 'cancel':
      await cancel(running, step.face, task);
  }
}

/** Holds one answer against what is known, and remembers what it adds. */
function observe(known: Known, face: Face, answer: Readonly<Record<string, Json>>): void {
  const status = answer['status'] as string;
  expect(answer[face === 'pair' ? 'created_at' : 'createdAt']).toBe(known.createdAt);
  if (face === 'legacy') {
    if (known.isCancelSeen) expect(status).toBe('cancelled');
    known.isCancelSeen ||= status === 'cancelled';
  }
  const before = known.ended.get(face);
  // A legacy client is told of a cancel before the work ends, so only the status is final for it.
  const said = face === 'legacy' ? status : JSON.stringify({ ...answer, _meta: null });
  if (before !== undefined) expect(said).toBe(before);
  if (['completed', 'failed', 'cancelled'].includes(status)) known.ended.set(face, said);
}

/** After everything has settled, the three faces show one state. */
async function compare(running: Running, known: Known): Promise<void> {
  const [pair, extension, legacy] = await Promise.all(
    FACES.map(async (face) => {
      const answer = await read(running, face, known.taskId);
      observe(known, face, answer);
      return answer;
    }),
  );
  const { state, cancelRequested } = await running.tasks.read({ principal: 'local' }, known.taskId);
  expect(pair!['status']).toBe(state.status);
  const code = state.status === 'failed' ? state.error.code : null;
  const open = state.status === 'input_required' ? 'input_required' : 'working';
  const isOpen = ['pending', 'processing', 'input_required'].includes(state.status);
  const isCancelled = code === 'CANCELLED';
  const modern = isCancelled ? 'cancelled' : code === 'INTERNAL' ? 'failed' : 'completed';
  expect(extension!['status']).toBe(isOpen ? open : modern);
  const old = isCancelled || cancelRequested ? 'cancelled' : code ? 'failed' : 'completed';
  expect(legacy!['status']).toBe(isOpen && !cancelRequested ? open : old);
  expect(extension!['lastUpdatedAt']).toBe(pair!['updated_at']);
  expect(legacy!['lastUpdatedAt']).toBe(pair!['updated_at']);
  const updatedAt = pair!['updated_at'] as string;
  expect(updatedAt >= known.lastUpdatedAt).toBe(true);
  known.lastUpdatedAt = updatedAt;
  expect('inputRequests' in extension!).toBe(state.status === 'input_required');
  const settled: NativeAnswer = await callLegacy(running.url, 'tasks/list');
  expect(settled.result['tasks']).toContainEqual(
    expect.objectContaining({ taskId: known.taskId, status: legacy!['status'] }),
  );
}

const SEED = Date.now() % 2 ** 31;

test(`three faces show one record, whatever is done on them at once (seed ${SEED})`, async () => {
  expect.hasAssertions();
  const steps = fc.array(fc.array(action, { minLength: 1, maxLength: 3 }), { maxLength: 20 });
  await using running = await startGateway();
  await fc.assert(
    fc.asyncProperty(steps, async (run) => {
      const known: Known[] = [];
      await act(running, known, { kind: 'start' });
      for (const together of run) {
        await Promise.all(together.map(async (step) => act(running, known, step)));
        await Promise.all(known.map(async (task) => compare(running, task)));
      }
    }),
    { numRuns: 25, seed: SEED },
  );
}, 120_000);
