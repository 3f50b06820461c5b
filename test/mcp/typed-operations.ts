// Operations whose typed tools differ in everything that decides how a call is answered.
import * as z from 'zod';
import type { InputRequests } from '../../src/contract/input.ts';
import { defineOperation } from '../../src/operations/define.ts';
import { createRegistry, type Registry } from '../../src/operations/registry.ts';
import type { TaskState } from '../../src/contract/task.ts';
import { startGateway, type Running } from '../support/gateways/http-gateway.ts';
import { callModern, type NativeAnswer } from '../support/clients/json-rpc.ts';

const toQuestion = (message: string, type: 'string' | 'number') => ({
  message,
  requestedSchema: {
    type: 'object',
    properties: { value: { type } },
    required: ['value'],
  },
});

/** What `refund` asks before it starts, and tests let tasks ask. */
export const QUESTIONS: InputRequests = {
  reason: toQuestion('Why?', 'string'),
  amount: toQuestion('How much?', 'number'),
};

const nothing = z.object({});
const run = () => ({ pages: 0 });

/** The operations; nothing runs them. */
export function createTypedRegistry(): Registry {
  return createRegistry([
    defineOperation({
      name: 'report',
      title: 'Monthly report',
      description: 'Makes a report.',
      hints: { readOnly: true, openWorld: false },
      idempotent: true,
      input: z.object({ month: z.string(), customer: z.string().nullable().optional() }),
      output: z.object({ pages: z.number() }),
      inlineWaitSeconds: 30,
      run,
    }),
    defineOperation({
      name: 'greet',
      description: 'Greets.',
      input: nothing,
      inlineWaitSeconds: 30,
      run: () => 'hi',
    }),
    defineOperation({
      name: 'slow',
      description: 'Takes long.',
      input: nothing,
      inlineWaitSeconds: 0,
      run,
    }),
    defineOperation({
      name: 'usual',
      description: 'Says nothing of waiting.',
      input: nothing,
      run,
    }),
    defineOperation({
      name: 'required',
      description: 'Makes sense as a task only.',
      input: nothing,
      taskSupport: 'required',
      run,
    }),
    defineOperation({
      name: 'refund',
      description: 'Asks before it starts.',
      input: z.object({ silent: z.boolean().optional() }),
      inlineWaitSeconds: 30,
      askFirst: ({ silent }) => (silent ? null : QUESTIONS),
      run,
    }),
  ]);
}

/** What a client declares that can be asked. */
export const ASKABLE = { elicitation: {} };

/** A task that succeeded. */
export const DONE: TaskState = { status: 'completed', result: { pages: 1 }, attempt: 1 };

/** A task that asks. */
export const ASKING = {
  status: 'input_required',
  attempt: 1,
  requests: QUESTIONS,
} as const satisfies TaskState;

/** An accepted question. */
export const accept = (value: unknown): { action: 'accept'; content: { value: unknown } } => ({
  action: 'accept',
  content: { value },
});

/** Answers to every question. */
export const WHOLE = { reason: accept('broken'), amount: accept(5) };

/** A question as a modern client gets it. */
export const toForm = (key: string): { method: string; params: object } => ({
  method: 'elicitation/create',
  params: { mode: 'form', ...QUESTIONS[key] },
});

/** A gateway with these operations. */
export const startTypedGateway = (): Promise<Running> =>
  startGateway({}, { registry: createTypedRegistry() });

/** Calls the tool of an operation. */
export const callTool = async (
  { url }: Running,
  name: string,
  more: object = {},
  capabilities: object = ASKABLE,
): Promise<NativeAnswer> =>
  callModern(url, 'tools/call', { name, arguments: {}, ...more }, capabilities);

/** Lets the newest task, as soon as somebody waits for it, come to its end. */
export async function finish({ tasks }: Running): Promise<void> {
  await tasks.whenWaiting();
  const [task] = (await tasks.list({ principal: 'local' }, { limit: 1 })).tasks;
  tasks.set(task!.taskRef, DONE);
}
