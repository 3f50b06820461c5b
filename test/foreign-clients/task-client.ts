// The official tasks client over both generations: for 2026-07-28 it leaves the requests themselves to its host, which is
// what stands here.
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import {
  createTaskSessionFromClient,
  toolDeclarationFromMcpTool,
  type ApplicationInputHandler,
  type JsonRpcResponse,
  type RawClientDispatch,
  type TaskEnabledSession,
} from '@modelcontextprotocol/ext-tasks/client';

/** A task session of one generation, and the connection under it. */
export interface TaskClient extends AsyncDisposable {
  readonly session: TaskEnabledSession;
}

export const GENERATIONS = ['2025-11-25', '2026-07-28'] as const;
export type Generation = (typeof GENERATIONS)[number];

const CLIENT = { name: 'tasks', version: '1' };
const CAPABILITIES = { elicitation: { form: {} } };

/** Connects; `onInputRequest` answers what tasks ask. */
export async function connectTaskClient(
  url: string,
  generation: Generation,
  onInputRequest?: ApplicationInputHandler['handle'],
): Promise<TaskClient> {
  const isModern = generation === '2026-07-28';
  const client = new Client(CLIENT, {
    capabilities: CAPABILITIES,
    versionNegotiation: { mode: isModern ? { pin: generation } : 'legacy' },
  });
  await client.connect(new StreamableHTTPClientTransport(new URL(url)));
  const { tools } = await client.listTools();
  const declarations = new Map(tools.map((tool) => [tool.name, toolDeclarationFromMcpTool(tool)]));
  const common = {
    tools: { currentTool: (name: string) => declarations.get(name) },
    endpointId: 'gateway',
    ...(onInputRequest && { onInputRequest }),
  };
  const session = isModern
    ? createTaskSessionFromClient(client, {
        ...common,
        rawDispatch: createDispatch(url),
        v2RequestFraming: {
          protocolVersion: generation,
          clientInfo: CLIENT,
          clientCapabilities: CAPABILITIES,
        },
      })
    : createTaskSessionFromClient(client, common);
  return {
    session,
    [Symbol.asyncDispose]: async () => {
      await session.close();
      await client.close();
    },
  };
}

interface Message {
  readonly id?: number;
  readonly result?: Extract<JsonRpcResponse, { kind: 'result' }>['result'];
  readonly error?: Extract<JsonRpcResponse, { kind: 'error' }>['error'];
}

/** Requests as the transport of 2026-07-28 wants them. */
function createDispatch(url: string): RawClientDispatch {
  let id = 0;
  return async (request, options) => {
    const { method, params } = request as {
      method: string;
      params: { name?: string; taskId?: string };
    };
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        'mcp-protocol-version': '2026-07-28',
        'mcp-method': method,
        'mcp-name': params.taskId ?? params.name ?? '',
      },
      body: JSON.stringify({ jsonrpc: '2.0', id: (id += 1), method, params }),
      ...(options?.signal && { signal: options.signal }),
    });
    const text = await response.text();
    const lines = text.startsWith('{')
      ? [text]
      : [...text.matchAll(/^data: (\{.*)$/gm)].map((line) => line[1]!);
    const answer = lines
      .map((line) => JSON.parse(line) as Message)
      .find((message) => 'id' in message);
    if (!answer) throw new Error(`no answer in: ${text}`);
    return answer.error === undefined
      ? { kind: 'result', result: answer.result! }
      : { kind: 'error', error: answer.error };
  };
}
