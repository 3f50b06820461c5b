// One run of random calls over two gateways of one principal: what it has started, and what can be done to that. Every
// answer is held against the model of its task, and nothing waits without a bound.
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from '@jest/globals';
import type { InputResponse } from '../../../src/contract/input.ts';
import { isDone } from '../../../src/contract/task.ts';
import type { TaskService } from '../../../src/tasks/service.ts';
import { callLegacy, callModern } from '../../support/clients/json-rpc.ts';
import { callPair, cancelOnFace, readFace, type Face, type Fields } from './faces.ts';
import { createKnown, observe, toAsked, type Known } from './known.ts';
import { OPERATIONS, type SteeredWork } from './steered-work.ts';

/** A task of the run. */
export interface Tracked extends Known {
  readonly label: string;
  /** By question: the answers that may have been its first, as JSON. */
  readonly answers: Map<string, string[]>;
}

/** A gateway of the run: its endpoint, and what is behind its faces. */
interface RunGateway {
  readonly url: string;
  readonly tasks: TaskService;
}

/** The run. */
export interface Run {
  readonly gateways: readonly [RunGateway, ...RunGateway[]];
  readonly work: SteeredWork;
  /** The principal, and the beginning of every label. */
  readonly name: string;
  readonly tasks: Map<string, Tracked>;
  /** Makes every answer another. */
  counter: number;
}

/** Starts work, or finds it again: one label, one key, one task. */
export async function start(run: Run, url: string, face: Face, ordinal: number): Promise<void> {
  const label = `${run.name}-${ordinal}`;
  const operation = OPERATIONS[ordinal % OPERATIONS.length]!;
  const { taskId, createdAt } = await create(url, face, operation, label);
  const task = run.tasks.get(label) ?? {
    ...createKnown(taskId, createdAt),
    label,
    answers: new Map<string, string[]>(),
  };
  run.tasks.set(label, task);
  expect({ taskId, createdAt }).toEqual({ taskId: task.taskId, createdAt: task.createdAt });
}

async function create(url: string, face: Face, operation: string, label: string) {
  const call = { name: operation, arguments: { label, idempotency_key: label } };
  switch (face) {
    case 'pair':
    case 'legacyPair': {
      const answer = await callPair(
        url,
        'initiate_background_task',
        { operation_type: operation, parameters: { label }, idempotency_key: label },
        face,
      );
      return toCreated(answer['task_ref'], answer['created_at']);
    }
    case 'extension': {
      const { result } = await callModern(url, 'tools/call', call);
      expect(result['resultType']).toBe('task');
      return toCreated(result['taskId'], result['createdAt']);
    }
    case 'legacy': {
      const { result } = await callLegacy(url, 'tools/call', { ...call, task: {} });
      const task = result['task'] as Fields;
      return toCreated(task['taskId'], task['createdAt']);
    }
  }
}

function toCreated(taskId: unknown, createdAt: unknown) {
  expect([typeof taskId, typeof createdAt]).toEqual(['string', 'string']);
  return { taskId: taskId as string, createdAt: createdAt as string };
}

/** Reads a task on a face. */
export async function read(task: Known, url: string, face: Face): Promise<Fields> {
  return observe(task, face, async () => readFace(url, face, task.taskId));
}

/** Waits for a task, briefly. */
export async function wait(task: Known, url: string, seconds = 0.3): Promise<void> {
  const args = { task_ref: task.taskId, wait_seconds: seconds };
  await observe(task, 'pair', async () => callPair(url, 'resolve_task_status', args));
}

/** Cancels a task. */
export async function cancel(task: Known, url: string, face: Face): Promise<void> {
  task.isCancelSent = true;
  if (await cancelOnFace(url, face, task.taskId)) task.isCancelSeen = true;
}

/** Answers what a task asks, the first question or all of them, and a question that nobody asks. */
export async function update(
  run: Run,
  task: Tracked,
  url: string,
  { face, isAll }: { readonly face: 'extension' | 'pair'; readonly isAll: boolean },
): Promise<void> {
  const asked = toAsked(await read(task, url, 'extension'));
  const keys = isAll ? asked : asked.slice(0, 1);
  const value = (run.counter += 1);
  const response: InputResponse =
    value % 4 === 0 ? { action: 'decline' } : { action: 'accept', content: { value } };
  for (const key of keys) {
    if (task.acknowledged.has(key)) continue;
    task.answers.set(key, [...(task.answers.get(key) ?? []), JSON.stringify(response)]);
  }
  const responses = Object.fromEntries([...keys, 'nobody'].map((key) => [key, response]));
  const { taskId } = task;
  if (face === 'extension') {
    const params = { taskId, inputResponses: responses };
    expect(await callModern(url, 'tasks/update', params)).toMatchObject({ error: null });
  } else {
    const answer = await observe(task, 'pair', async () =>
      callPair(url, 'provide_task_input', { task_ref: taskId, responses }),
    );
    expect(toAsked(answer).filter((key) => keys.includes(key))).toEqual([]);
  }
  for (const key of keys) task.acknowledged.add(key);
}

/** Longest that a task may take to come to rest, in milliseconds: many times what it takes. */
const REST_MS = 150_000;

/** Pause before each look, in milliseconds. */
const LOOK_MS = 20;

/**
 * Waits until nothing happens to a task any more, unless somebody does something: it has ended, it asks, or its attempt has
 * done all that it was told.
 *
 * @param push what to do to a task that rests and has not ended; without it, that is enough
 */
export async function settle(
  { gateways, work, name }: Run,
  task: Tracked,
  push?: (status: string) => Promise<void>,
): Promise<void> {
  const until = Date.now() + REST_MS;
  while (Date.now() < until) {
    await sleep(LOOK_MS);
    const { state, cancelRequested } = await gateways[0].tasks.read(
      { principal: name },
      task.taskId,
    );
    if (isDone(state)) return;
    if (cancelRequested) continue;
    const isAsking =
      state.status === 'input_required' &&
      !Object.keys(state.requests).some((key) => task.acknowledged.has(key));
    const isIdle = state.status === 'processing' && work.isIdle(task.label);
    if (!isAsking && !isIdle) continue;
    if (!push) return;
    await push(state.status);
  }
  throw new Error(`${task.label} did not come to rest within ${REST_MS / 1000} s`);
}
