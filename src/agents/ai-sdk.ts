// `longhaul/ai-sdk`: operations as the `tools` of generateText and streamText. The model calls a tool once and reads its
// result; the waiting is done here. Invariant: an abort of the generation cancels the task.
import { jsonSchema, tool, type Tool } from 'ai';
import type { AnswerInput, OperationDescription, TaskClient } from '../client/index.ts';
import type { Json, JsonObject } from '../contract/json.ts';
import { toRequestKey } from './request-key.ts';
import { resolveCall } from './resolve.ts';
import { READ_TOOL, readOn, toShown, type ReadArguments } from './results.ts';
import { toErrorText } from './text.ts';

/** Options of `createTaskTools`. */
export interface TaskToolOptions {
  /**
   * What the conversation is called in every process that takes part in it: with it, a tool call that is run again finds its
   * task. Without it each execution starts a task.
   */
  readonly conversation?: string;
  /** Answers the questions of tasks. */
  readonly onInput?: AnswerInput;
}

/**
 * Makes a tool of each operation, and one that reads on in large results. A failed task throws, which the AI SDK shows to the model as an
 * error of the tool.
 */
export function createTaskTools(
  tasks: TaskClient,
  operations: readonly OperationDescription[],
  { conversation, onInput }: TaskToolOptions = {},
): Record<string, Tool<JsonObject, Json>> {
  const ofOperations = Object.fromEntries(
    operations.map(({ name, description, inputSchema }) => [
      name,
      tool({
        description,
        inputSchema: jsonSchema<JsonObject>(inputSchema),
        execute: async (parameters: JsonObject, { toolCallId, abortSignal }): Promise<Json> => {
          const idempotencyKey =
            conversation === undefined
              ? undefined
              : await toRequestKey('ai-sdk', conversation, toolCallId, name);
          const how = { idempotencyKey, signal: abortSignal, onInput, durable: null };
          const { taskRef, outcome } = await resolveCall(tasks, name, parameters, how);
          if (outcome.status === 'failed') throw new Error(toErrorText(outcome.error));
          return toShown(tasks, taskRef, outcome.result, abortSignal);
        },
      }),
    ]),
  );
  const { name, description, inputSchema } = READ_TOOL;
  return {
    ...ofOperations,
    [name]: tool({
      description,
      inputSchema: jsonSchema<JsonObject>(inputSchema),
      execute: async (parameters: JsonObject, { abortSignal }): Promise<Json> =>
        readOn(tasks, parameters as unknown as ReadArguments, abortSignal),
    }),
  };
}
