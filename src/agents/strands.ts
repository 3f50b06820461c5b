// `longhaul/strands`: operations as tools of a Strands agent. The model calls a tool once and reads its result; the waiting
// is done here. Invariant: with a conversation's name, a tool call names the same task whenever and wherever it is run.
import {
  InterruptResponseContent,
  tool,
  type AgentResult,
  type InvokableTool,
  type JSONValue,
} from '@strands-agents/sdk';
import type {
  AnswerInput,
  OperationDescription,
  SerializedHandle,
  TaskClient,
} from '../client/index.ts';
import type { JsonObject } from '../contract/json.ts';
import { toRequestKey } from './request-key.ts';
import { resolveCall } from './resolve.ts';
import { READ_TOOL, readOn, toShown, type ReadArguments } from './results.ts';
import { toErrorText } from './text.ts';

/** Options of `createTaskTools`. */
export interface TaskToolOptions {
  /** What the conversation is called in every process that takes part in it; 1 character or more. */
  readonly conversation?: string;
  /**
   * `false`, the default: the tool call lasts as long as the task. `true`: the agent is interrupted on a task that is not
   * done within `inlineWaitSeconds`, and holds no process until it is resumed. Needs `conversation`.
   */
  readonly durable?: boolean;
  /** How long a durable tool waits before it interrupts the agent, in seconds; 3 by default. */
  readonly inlineWaitSeconds?: number;
  /** Answers the questions of tasks, where the tool call lasts as long as the task. */
  readonly onInput?: AnswerInput;
}

/** Makes a tool of each operation, and one that reads on in large results. @throws {TypeError} for durable tools of a conversation without a name */
export function createTaskTools(
  tasks: TaskClient,
  operations: readonly OperationDescription[],
  options: TaskToolOptions = {},
): InvokableTool<unknown, JSONValue>[] {
  const { conversation, durable = false, inlineWaitSeconds = 3, onInput } = options;
  if (durable && !conversation) throw new TypeError('durable tools need a conversation');
  const ofOperations = operations.map(({ name, description, inputSchema }) =>
    tool({
      name,
      description,
      inputSchema,
      callback: async (parameters, context) => {
        const { toolUse, cancelSignal: signal } = context;
        const idempotencyKey = conversation
          ? await toRequestKey('strands', conversation, toolUse.toolUseId, name)
          : undefined;
        const interrupt = (reason: object) =>
          context.interrupt({ name: 'longhaul', reason: reason as JSONValue });
        const how = {
          ...{ idempotencyKey, signal, onInput },
          durable: durable ? { inlineWaitSeconds, interrupt } : null,
        };
        const given = (parameters ?? {}) as JsonObject;
        const { taskRef, outcome } = await resolveCall(tasks, name, given, how);
        // Strands marks a tool result as an error when its tool throws.
        if (outcome.status === 'failed') throw new Error(toErrorText(outcome.error));
        return (await toShown(tasks, taskRef, outcome.result, signal)) as JSONValue;
      },
    }),
  );
  return [
    ...ofOperations,
    tool({
      ...READ_TOOL,
      callback: async (parameters, context) =>
        (await readOn(tasks, parameters as ReadArguments, context.cancelSignal)) as JSONValue,
    }),
  ];
}

/** An interrupt as Strands reports it, or as it was stored. */
export interface StoredInterrupt {
  readonly id: string;
  readonly reason?: unknown;
}

/** The slice of an agent that is used. */
export interface InterruptedAgent {
  invoke(responses: InterruptResponseContent[]): Promise<AgentResult>;
}

/**
 * Waits for the tasks that an agent is interrupted on and resumes it, until it stops for another reason. In another
 * process: with an agent whose session was restored, and the stored interrupts of the last result. Returns the last result,
 * `null` where not every interrupt is of a task: the program answers those first.
 *
 * @throws {TaskClientError} when the end of a task cannot be learned; call again to go on
 */
export async function resumeTasks(
  agent: InterruptedAgent,
  interrupts: readonly StoredInterrupt[],
  tasks: TaskClient,
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<AgentResult | null> {
  let result: AgentResult | null = null;
  let open = interrupts;
  while (open.length > 0) {
    const handles = open.map(({ reason }) => toHandle(reason));
    const known = handles.filter((handle) => handle !== null);
    if (known.length < open.length) return result;
    await Promise.all(known.map((handle) => tasks.resume(handle).wait({ signal })));
    result = await agent.invoke(
      open.map(({ id }) => new InterruptResponseContent({ interruptId: id, response: true })),
    );
    open = result.interrupts ?? [];
  }
  return result;
}

function toHandle(reason: unknown): SerializedHandle | null {
  if (typeof reason !== 'object' || reason === null || !('longhaulTask' in reason)) return null;
  return reason.longhaulTask as SerializedHandle;
}
