// `longhaul/langgraph`: operations as tools for a ToolNode. The model calls a tool once and reads its result; the waiting
// is done here. Invariant: a tool call of a thread names the same task whenever and wherever it is run again.
import { ToolMessage } from '@langchain/core/messages';
import { tool, type StructuredToolInterface, type ToolRunnableConfig } from '@langchain/core/tools';
import { Command, interrupt } from '@langchain/langgraph';
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
  /**
   * `false`, the default: the tool call lasts as long as the task. `true`: the graph is interrupted on a task that is not
   * done within `inlineWaitSeconds`, and holds no process until it is resumed. Needs a checkpointer.
   */
  readonly durable?: boolean;
  /** How long a durable tool waits before it interrupts the graph, in seconds; 3 by default. */
  readonly inlineWaitSeconds?: number;
  /** Answers the questions of tasks, where the tool call lasts as long as the task. */
  readonly onInput?: AnswerInput;
}

/** What a graph is interrupted with. */
export interface TaskInterrupt {
  readonly longhaulTask: SerializedHandle;
}

/** Makes a tool of each operation, and one that reads on in large results. */
export function createTaskTools(
  tasks: TaskClient,
  operations: readonly OperationDescription[],
  options: TaskToolOptions = {},
): StructuredToolInterface[] {
  const { durable = false, inlineWaitSeconds = 3, onInput } = options;
  const ofOperations = operations.map(
    ({ name, description, inputSchema }) =>
      tool(
        async (parameters: JsonObject, config: ToolRunnableConfig) => {
          const { signal } = config;
          const idempotencyKey = await toKey(config);
          if (durable && idempotencyKey === undefined) {
            throw new Error(`${name} is durable: compile the graph with a checkpointer`);
          }
          const { taskRef, outcome } = await resolveCall(tasks, name, parameters, {
            ...{ idempotencyKey, signal, onInput },
            durable: durable ? { inlineWaitSeconds, interrupt } : null,
          });
          return new ToolMessage({
            name,
            content:
              outcome.status === 'completed'
                ? JSON.stringify(await toShown(tasks, taskRef, outcome.result, signal))
                : toErrorText(outcome.error),
            tool_call_id: config.toolCall?.id ?? '',
            status: outcome.status === 'completed' ? 'success' : 'error',
          });
        },
        { name, description, schema: inputSchema },
      ) as unknown as StructuredToolInterface,
  );
  return [...ofOperations, createReadTool(tasks)];
}

function createReadTool(tasks: TaskClient): StructuredToolInterface {
  const { name, description, inputSchema: schema } = READ_TOOL;
  return tool(
    async (parameters: ReadArguments, { signal }: ToolRunnableConfig) =>
      JSON.stringify(await readOn(tasks, parameters, signal)),
    { name, description, schema },
  ) as unknown as StructuredToolInterface;
}

/** The slice of a compiled graph that is used. */
export interface InterruptedGraph<State> {
  getState(config: object): Promise<{
    readonly tasks: readonly {
      readonly interrupts: readonly { readonly id?: string; readonly value?: unknown }[];
    }[];
  }>;
  invoke(input: Command<unknown, never, never>, config: object): Promise<State>;
}

/**
 * Waits for the tasks that a graph is interrupted on and resumes it, until it stops for another reason; in any process
 * that has the graph, its checkpointer and a task client. Returns the state, `null` where there was nothing to resume.
 *
 * @throws {TaskClientError} when the end of a task cannot be learned; call again to go on
 */
export async function resumeTasks<State>(
  graph: InterruptedGraph<State>,
  tasks: TaskClient,
  config: object,
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<State | null> {
  let state: State | null = null;
  for (;;) {
    const { tasks: steps } = await graph.getState(config);
    const waiting = steps
      .flatMap(({ interrupts }) => interrupts)
      .flatMap(({ id, value }) =>
        id !== undefined && isTaskInterrupt(value) ? [{ id, value }] : [],
      );
    if (waiting.length === 0) return state;
    await Promise.all(
      waiting.map(({ value }) => tasks.resume(value.longhaulTask).wait({ signal })),
    );
    const resume = Object.fromEntries(waiting.map(({ id }) => [id, true]));
    state = await graph.invoke(new Command<unknown, never, never>({ resume }), config);
  }
}

/** Whether a graph was interrupted by a task, and not by something else. */
export function isTaskInterrupt(value: unknown): value is TaskInterrupt {
  return typeof value === 'object' && value !== null && 'longhaulTask' in value;
}

/** `undefined` without a thread: then nothing can run the call again. */
async function toKey({ configurable, toolCall }: ToolRunnableConfig): Promise<string | undefined> {
  const thread: unknown = configurable?.['thread_id'];
  if (typeof thread !== 'string' || toolCall?.id === undefined) return undefined;
  return toRequestKey('langgraph', thread, toolCall.id, toolCall.name);
}
