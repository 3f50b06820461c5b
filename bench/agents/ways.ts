// The ways in which an agent can live with a slow operation, each led by a scripted model through a real MCP client with the
// timeout that it has by default.
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { createTaskClient, fromClient, type CallTool } from '../../src/client/index.ts';
import { naivePoller, waiter } from '../../test/support/clients/model/policies.ts';
import {
  converse,
  type ModelAnswer,
  type ModelCall,
  type Policy,
} from '../../test/support/clients/model/session.ts';
import type { Scenario } from './scenarios.ts';

/** Way → what it is. */
export const WAYS = {
  blocking: 'blocking tool',
  polling: 'pair, polled by the model',
  waiting: 'pair, with wait_seconds',
  client: 'longhaul/client, by the pair',
  native: 'longhaul/client, native tasks',
} as const;

/** The name of a way. */
export type Way = keyof typeof WAYS;

/** What one way through one scenario came to. */
export interface Course {
  readonly scenario: Scenario;
  readonly way: Way;
  /** From the start to the first answer that carries a handle, in milliseconds; `null` without one. */
  readonly handleMs: number | null;
  /** From the start to the answer that ends the matter for the agent, in milliseconds. */
  readonly endMs: number;
  /** What the agent has in the end. */
  readonly end: 'result' | 'error of the operation' | 'timeout of the client';
  /** What a later look can still find. */
  readonly left: string;
  /** Tool calls that the model made. */
  readonly modelCalls: number;
  /** Requests for tools that the server answered. */
  readonly requests: number;
  readonly tokens: number;
  readonly tokensRead: number;
}

/** Where the servers are. */
export interface Endpoints {
  readonly blockingUrl: string;
  readonly gatewayUrl: string;
}

/** Goes one way through one scenario. */
export async function takeCourse(
  scenario: Scenario,
  way: Way,
  { blockingUrl, gatewayUrl }: Endpoints,
  key = `${scenario}-${way}`,
): Promise<Course> {
  const client = new Client(
    { name: 'agent', version: '1' },
    { versionNegotiation: { mode: 'auto' } },
  );
  const url = way === 'blocking' ? blockingUrl : gatewayUrl;
  await client.connect(new StreamableHTTPClientTransport(new URL(url)));
  let requests = 0;
  let handleMs: number | null = null;
  let taskRef: string | null = null;
  const startedAt = performance.now();
  const seenFirst = (text: string): void => {
    const found = /"(?:task_ref|taskId)":"([^"]+)"/.exec(text)?.[1];
    if (found === undefined || taskRef !== null) return;
    taskRef = found;
    handleMs = performance.now() - startedAt;
  };
  const callServer = async ({ tool, args }: ModelCall): Promise<ModelAnswer> => {
    requests += 1;
    try {
      const answer = toModelAnswer(await client.callTool({ name: tool, arguments: args }));
      seenFirst(answer.text);
      return answer;
    } catch (error) {
      return { isError: true, text: String(error) };
    }
  };
  const counted = async (answering: Promise<unknown>): Promise<unknown> => {
    requests += 1;
    const answer = await answering;
    seenFirst(JSON.stringify(answer));
    return answer;
  };
  const tasks = createTaskClient(toCounted(fromClient(client), counted, way === 'native'));
  const callOutside = async ({ args }: ModelCall): Promise<ModelAnswer> => {
    const outcome = await tasks.run(String(args['operation']), { customer: key });
    return outcome.status === 'completed'
      ? { isError: false, text: JSON.stringify(outcome.result) }
      : { isError: true, text: JSON.stringify({ error: outcome.error }) };
  };

  const assignment = { operation: scenario, parameters: { customer: key }, key };
  const policies: Readonly<Record<Way, Policy>> = {
    blocking: oneCall('call_api', { operation: scenario, customer: key }),
    polling: naivePoller(assignment),
    waiting: waiter(assignment),
    client: oneCall('run_operation', { operation: scenario, customer: key }),
    native: oneCall('run_operation', { operation: scenario, customer: key }),
  };
  const isOutside = way === 'client' || way === 'native';
  const conversation = await converse(policies[way], isOutside ? callOutside : callServer);
  const endMs = performance.now() - startedAt;
  const last = conversation.seen.at(-1);
  const timedOut = /request timed out/i.test(conversation.says);
  const failed = last?.isError === true || last?.json.status === 'failed';
  const left = await lookAgain(client, taskRef, timedOut);
  await client.close();
  return {
    scenario,
    way,
    handleMs,
    endMs,
    end: timedOut ? 'timeout of the client' : failed ? 'error of the operation' : 'result',
    left,
    modelCalls: conversation.calls,
    requests,
    tokens: conversation.tokens,
    tokensRead: conversation.tokensRead,
  };
}

/** The connection, with its requests counted; without native tasks the pair is used. */
function toCounted(
  callTool: CallTool,
  counted: (answering: Promise<unknown>) => Promise<unknown>,
  hasNative: boolean,
): CallTool {
  const plain: CallTool = (...call) => counted(callTool(...call));
  const { native } = callTool;
  if (!hasNative || !native) return plain;
  return Object.assign(plain, {
    native: {
      ...native,
      request: (...call: Parameters<typeof native.request>) => counted(native.request(...call)),
    },
  });
}

/** A model with one tool that does everything, and one turn to call it. */
export function oneCall(tool: string, args: Readonly<Record<string, string>>): Policy {
  return ([answer]) => (answer ? { says: answer.text } : { calls: [{ tool, args }] });
}

/** What is there when the conversation is over. */
async function lookAgain(client: Client, taskRef: string | null, timedOut: boolean) {
  if (taskRef === null) return timedOut ? 'nothing' : 'the answer';
  const answer = toModelAnswer(
    await client.callTool({ name: 'resolve_task_status', arguments: { task_ref: taskRef } }),
  );
  const { status, error } = JSON.parse(answer.text) as {
    status: string;
    error: { code: string } | null;
  };
  return `the task: ${error?.code ?? status}`;
}

/** What a model reads of an answer. */
export function toModelAnswer(result: object): ModelAnswer {
  const { content = [], isError = false } = result as {
    content?: readonly { readonly text?: string }[];
    isError?: boolean;
  };
  return { isError, text: content.map(({ text = '' }) => text).join('') };
}
