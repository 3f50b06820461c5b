// `longhaul/ai-sdk`: operations as the `tools` of generateText and streamText. The model calls a tool once and reads its
// result; the waiting is done here. Invariant: an abort of the generation cancels the task.
import { jsonSchema, tool, type Tool } from 'ai';
import type { AnswerInput, OperationDescription, TaskClient } from '../client/index.ts';
import type { Json, JsonObject } from '../contract/json.ts';
import { toRequestKey } from './request-key.ts';
import { toModelText } from './text.ts';

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

/** Makes a tool of each operation. A failed task throws, which the AI SDK shows to the model as an error of the tool. */
export function createTaskTools(
  tasks: TaskClient,
  operations: readonly OperationDescription[],
  { conversation, onInput }: TaskToolOptions = {},
): Record<string, Tool<JsonObject, Json>> {
  return Object.fromEntries(
    operations.map(({ name, description, inputSchema }) => [
      name,
      tool({
        description,
        inputSchema: jsonSchema<JsonObject>(inputSchema),
        execute: async (parameters: JsonObject, { toolCallId, abortSignal }): Promise<Json> => {
          const outcome = await tasks.run(name, parameters, {
            ...(conversation !== undefined && {
              idempotencyKey: await toRequestKey('ai-sdk', conversation, toolCallId, name),
            }),
            ...(abortSignal && { signal: abortSignal }),
            ...(onInput && { onInput }),
          });
          if (outcome.status === 'failed') throw new Error(toModelText(outcome));
          return outcome.result;
        },
      }),
    ]),
  );
}
