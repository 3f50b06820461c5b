import { expect, test } from '@jest/globals';
import { Client, InMemoryTransport } from '@modelcontextprotocol/client';
import type { InputResponse } from '../../../src/contract/input.ts';
import type { TaskState } from '../../../src/contract/task.ts';
import { createFace, type Face } from '../../support/gateways/face.ts';
import { createTypedRegistry, QUESTIONS } from '../typed-operations.ts';

const LOCAL = { principal: 'local' };
const registry = createTypedRegistry();
const DONE: TaskState = { status: 'completed', result: { pages: 1 }, attempt: 1 };

interface Connected extends Face, AsyncDisposable {
  readonly client: Client;
  readonly asked: readonly string[];
}

/** A legacy client on a connection that stays; without `answer` it declares no elicitation. */
async function connect(answer?: (message: string) => Promise<InputResponse>): Promise<Connected> {
  const face = createFace({ registry });
  const asked: string[] = [];
  const client = new Client(
    { name: 'test', version: '1' },
    { capabilities: answer ? { elicitation: {} } : {} },
  );
  if (answer) {
    client.setRequestHandler('elicitation/create', async ({ params }) => {
      asked.push(params.message);
      return (await answer(params.message)) as { action: 'decline' };
    });
  }
  const [near, far] = InMemoryTransport.createLinkedPair();
  const server = await face.factory.create({ era: 'legacy' });
  await server.connect(far);
  await client.connect(near);
  return { ...face, client, asked, [Symbol.asyncDispose]: () => client.close() };
}

test('a legacy client with a session is asked one question after the other, and the call goes on', async () => {
  await using connected = await connect(async (message) =>
    message === 'Why?' ? { action: 'accept', content: { value: 'broken' } } : { action: 'cancel' },
  );
  const { client, tasks, asked } = connected;
  const calling = client.callTool({ name: 'refund', arguments: {} });
  while (tasks.provided.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  await tasks.whenWaiting();
  tasks.set((await tasks.list(LOCAL, { limit: 1 })).tasks[0]!.taskRef, DONE);
  expect(await calling).toMatchObject({ structuredContent: { pages: 1 } });
  expect(asked).toEqual(['Why?', 'How much?']);
  expect(tasks.provided).toEqual([
    { reason: { action: 'accept', content: { value: 'broken' } }, amount: { action: 'cancel' } },
  ]);
});

test.each([
  ['declared nothing', undefined],
  ['fails to ask', () => Promise.reject(new Error('no user here'))],
  ['answers what does not fit', () => Promise.resolve({ action: 'accept', content: {} } as const)],
])('a legacy client that %s gets the questions with the handle', async (_, answer) => {
  await using connected = await connect(answer);
  const answered = await connected.client.callTool({ name: 'refund', arguments: {} });
  expect(answered).toMatchObject({
    structuredContent: {
      status: 'input_required',
      input_requests: { reason: { message: QUESTIONS['reason']!.message }, amount: {} },
    },
  });
  expect(connected.tasks.provided).toEqual([]);
});

test('nobody is asked again while the record does not show the answers yet', async () => {
  await using connected = await connect(() => Promise.resolve({ action: 'decline' }));
  const { client, tasks, asked } = connected;
  const { provideInput } = { provideInput: tasks.provideInput.bind(tasks) };
  tasks.provideInput = async (caller, taskRef, responses) => {
    const stale = await tasks.read(caller, taskRef);
    setTimeout(() => {
      void provideInput(caller, taskRef, responses).then(() => {
        tasks.set(taskRef, DONE);
      });
    }, 50);
    return stale;
  };
  expect(await client.callTool({ name: 'refund', arguments: {} })).toMatchObject({
    structuredContent: { pages: 1 },
  });
  expect(asked).toEqual(['Why?', 'How much?']);
});
