import { expect, test } from '@jest/globals';
import { Client, InMemoryTransport } from '@modelcontextprotocol/client';
import * as z from 'zod';
import type { InputRequests, InputResponse } from '../../../src/contract/input.ts';
import { OperationError } from '../../../src/contract/errors.ts';
import { createFace, type Face } from '../../support/gateways/face.ts';

const LOCAL = { principal: 'local' };
const toQuestion = (message: string) => ({
  message,
  requestedSchema: { type: 'object', properties: { colour: { type: 'string' } } },
});
const REQUESTS: InputRequests = { wall: toQuestion('Wall?'), door: toQuestion('Door?') };

interface Question {
  readonly message: string;
  readonly taskId: string | undefined;
  /** Aborted when the server no longer waits for the answer. */
  readonly signal: AbortSignal;
}

interface Connected extends Face, AsyncDisposable {
  readonly taskId: string;
  readonly questions: readonly Question[];
  result(): Promise<unknown>;
}

/** A legacy client on a connection that stays, with a task; without `answer` it declares no elicitation. */
async function connect(
  answer?: (question: Question) => Promise<InputResponse>,
  options: Parameters<typeof createFace>[0] = {},
): Promise<Connected> {
  const face = createFace(options);
  const questions: Question[] = [];
  const client = new Client(
    { name: 'test', version: '1' },
    { capabilities: answer ? { elicitation: {} } : {} },
  );
  if (answer) {
    client.setRequestHandler('elicitation/create', async ({ params }, { mcpReq }) => {
      const related = params._meta?.['io.modelcontextprotocol/related-task'];
      const { taskId } = z.object({ taskId: z.string().optional() }).parse(related ?? {});
      const question = { message: params.message, taskId, signal: mcpReq.signal };
      questions.push(question);
      return (await answer(question)) as { action: 'decline' };
    });
  }
  const [near, far] = InMemoryTransport.createLinkedPair();
  const server = await face.factory.create({ era: 'legacy' });
  await server.connect(far);
  await client.connect(near);
  const parameters = { seconds: 1 };
  const { task } = await face.tasks.start(LOCAL, { operation: 'sleep', parameters });
  const taskId = task.taskRef;
  return {
    ...face,
    taskId,
    questions,
    result: async () =>
      client.request({ method: 'tasks/result', params: { taskId } }, z.looseObject({})),
    [Symbol.asyncDispose]: () => client.close(),
  };
}

/** Waits until something is so; the test's own limit ends it. */
async function until(look: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await look())) await new Promise((resolve) => setTimeout(resolve, 10));
}

test('every question is put to the person, and their answers let the task go on', async () => {
  await using connected = await connect(async ({ message }) => ({
    action: 'accept',
    content: { colour: message === 'Wall?' ? 'red' : 'blue' },
  }));
  const { tasks, taskId, questions } = connected;
  tasks.set(taskId, { status: 'input_required', attempt: 1, requests: REQUESTS });
  const answering = connected.result();
  await until(async () => (await tasks.read(LOCAL, taskId)).state.status === 'processing');
  tasks.set(taskId, { status: 'completed', result: { slept: 1 }, attempt: 2 });
  expect(await answering).toMatchObject({
    structuredContent: { slept: 1 },
    _meta: { 'io.modelcontextprotocol/related-task': { taskId } },
  });
  expect(questions.map(({ message }) => message).toSorted()).toEqual(['Door?', 'Wall?']);
  expect(questions.map((question) => question.taskId)).toEqual([taskId, taskId]);
  expect(tasks.provided).toContainEqual({ wall: { action: 'accept', content: { colour: 'red' } } });
});

test('a declined question is an answer', async () => {
  await using connected = await connect(async () => ({ action: 'decline' }));
  const { tasks, taskId } = connected;
  tasks.set(taskId, { status: 'input_required', attempt: 1, requests: REQUESTS });
  const answering = connected.result();
  await until(async () => (await tasks.read(LOCAL, taskId)).state.status === 'processing');
  tasks.set(taskId, { status: 'completed', result: null, attempt: 2 });
  await answering;
  expect(tasks.provided).toEqual(
    expect.arrayContaining([{ wall: { action: 'decline' } }, { door: { action: 'decline' } }]),
  );
});

test('a question that was answered elsewhere is withdrawn', async () => {
  await using connected = await connect(async () => new Promise(() => undefined));
  const { tasks, taskId, questions } = connected;
  tasks.set(taskId, { status: 'input_required', attempt: 1, requests: REQUESTS });
  const answering = connected.result();
  await until(() => questions.length === 2);
  await tasks.provideInput(LOCAL, taskId, { wall: { action: 'cancel' } });
  await until(() => questions.find(({ message }) => message === 'Wall?')!.signal.aborted);
  expect(questions.find(({ message }) => message === 'Door?')!.signal.aborted).toBe(false);
  tasks.set(taskId, { status: 'completed', result: null, attempt: 2 });
  await answering;
  await until(() => questions.every(({ signal }) => signal.aborted));
});

test('a question that comes up once more after its answer is put once more', async () => {
  await using connected = await connect(async () => ({ action: 'decline' }));
  const { tasks, taskId, questions } = connected;
  const asking = {
    status: 'input_required' as const,
    attempt: 1,
    requests: { wall: REQUESTS['wall']! },
  };
  tasks.set(taskId, asking);
  const answering = connected.result();
  await until(async () => (await tasks.read(LOCAL, taskId)).state.status === 'processing');
  await tasks.whenWaiting();
  tasks.set(taskId, asking);
  await until(() => questions.length === 2);
  tasks.set(taskId, { status: 'completed', result: 'painted', attempt: 2 });
  expect(await answering).toMatchObject({ structuredContent: { result: 'painted' } });
});

test('an answer that does not fit is asked for again', async () => {
  const answers: InputResponse[] = [
    { action: 'accept', content: { colour: 'none' } },
    { action: 'accept', content: { colour: 'red' } },
  ];
  await using connected = await connect(async () => answers.shift()!);
  const { tasks, taskId, questions } = connected;
  tasks.refuseInput(new OperationError('INVALID_PARAMETERS', 'colour: no such colour'));
  const requests = { wall: REQUESTS['wall']! };
  tasks.set(taskId, { status: 'input_required', attempt: 1, requests });
  const answering = connected.result();
  await until(async () => (await tasks.read(LOCAL, taskId)).state.status === 'processing');
  tasks.set(taskId, { status: 'completed', result: null, attempt: 2 });
  await answering;
  expect(questions.map(({ message }) => message)).toEqual([
    'Wall?',
    'Wall? (The last answer did not fit: colour: no such colour)',
  ]);
});

test('a client that cannot be asked waits for an answer from elsewhere', async () => {
  await using connected = await connect();
  const { tasks, taskId, questions } = connected;
  tasks.set(taskId, { status: 'input_required', attempt: 1, requests: REQUESTS });
  const answering = connected.result();
  await tasks.whenWaiting();
  tasks.set(taskId, { status: 'completed', result: { slept: 1 }, attempt: 2 });
  expect(await answering).toMatchObject({ structuredContent: { slept: 1 } });
  expect(questions).toEqual([]);
});
