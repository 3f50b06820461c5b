// The agent of the story: a real MCP client, which checks every answer against the output schema of its tool. Invariant:
// an answer that is read here has passed that check.
import { performance } from 'node:perf_hooks';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import type { CancelAnswer, InitiateAnswer, TaskAnswer } from '../../mcp/pair/answer.ts';
import type { ErrorAnswer } from '../../mcp/tool-result.ts';
import { VERSION } from '../version.ts';
import { StepFailure } from './step.ts';
import type { Teller } from './teller.ts';

/** A task in a list, as far as the story looks. */
interface Listed {
  readonly tasks: readonly { readonly task_ref: string; readonly status: string }[];
}

/** What a call of a tool carries. */
type Arguments = Readonly<Record<string, unknown>>;

/** Talks to a gateway. */
export interface Agent {
  /** Connects to a gateway; a connection that was there before is dropped. Returns the names of the tools. */
  connect(url: string): Promise<readonly string[]>;
  /** Initiates a task; `ms` is how long the call took. */
  initiate(args: Arguments): Promise<InitiateAnswer & { readonly ms: number }>;
  /** Reads a task, silently: the step tells what it found. */
  resolve(taskRef: string, waitSeconds?: number): Promise<TaskAnswer>;
  cancel(args: Arguments): Promise<CancelAnswer>;
  list(args: Arguments): Promise<Listed>;
  /** A call that is to be refused. */
  refused(tool: string, args: Arguments): Promise<ErrorAnswer>;
  /** Whether nobody answers any more. */
  isAlone(): Promise<boolean>;
  close(): Promise<void>;
}

/** Creates an agent that is not connected yet. */
export function createAgent(teller: Teller, signal: AbortSignal): Agent {
  let client: Client | undefined;
  const send = async (name: string, args: Arguments) => {
    if (!client) throw new StepFailure('the agent is not connected');
    const result = await client.callTool({ name, arguments: args }, { signal });
    const [part] = result.content;
    const text = part?.type === 'text' ? part.text : '';
    return { isError: result.isError ?? false, text, answer: result.structuredContent };
  };
  const ask = async <Answer>(tool: string, args: Arguments): Promise<Answer> => {
    const { isError, text, answer } = await send(tool, args);
    if (isError) throw new StepFailure(`${tool} was refused: ${text}`);
    return answer as Answer;
  };
  const close = async () => {
    await client?.close().catch(() => undefined); // the gateway may be dead
    client = undefined;
  };
  return {
    close,
    connect: async (url) => {
      await close();
      client = new Client(
        { name: 'longhaul-demo', version: VERSION },
        { versionNegotiation: { mode: 'auto' } },
      );
      await client.connect(new StreamableHTTPClientTransport(new URL(url)), { signal });
      const { tools } = await client.listTools(undefined, { signal });
      return tools.map(({ name }) => name);
    },
    initiate: async (args) => {
      teller.call('initiate_background_task', args);
      const startedAt = performance.now();
      const answer = await ask<InitiateAnswer>('initiate_background_task', args);
      return { ...answer, ms: performance.now() - startedAt };
    },
    resolve: async (taskRef, waitSeconds = 0) =>
      ask('resolve_task_status', { task_ref: taskRef, wait_seconds: waitSeconds }),
    cancel: async (args) => {
      teller.call('cancel_background_task', args);
      return ask('cancel_background_task', args);
    },
    list: async (args) => {
      teller.call('list_background_tasks', args);
      return ask('list_background_tasks', args);
    },
    refused: async (tool, args) => {
      teller.call(tool, args);
      const { isError, text } = await send(tool, args);
      if (!isError) throw new StepFailure(`${tool} was not refused: ${text}`);
      return (JSON.parse(text) as { readonly error: ErrorAnswer }).error;
    },
    isAlone: async () => {
      try {
        await send('list_operations', {});
        return false;
      } catch {
        signal.throwIfAborted();
        return true;
      }
    },
  };
}
