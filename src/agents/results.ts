// What a model reads of results: what is small as it is, of the rest a part and how to read on. Invariant: however large a result is, no
// answer of a tool is.
import {
  TaskClientError,
  type OperationDescription,
  type ResultPart,
  type TaskClient,
} from '../client/index.ts';
import { isFileReference } from '../contract/file.ts';
import type { Json, JsonObject } from '../contract/json.ts';
import { cut } from '../contract/text.ts';

/** Characters of JSON up to which a result is shown whole: about 5,000 tokens, as a gateway's answer budget is by default. */
const WHOLE_CHARACTERS = 20_000;

export const READ_TOOL: OperationDescription = {
  name: 'read_task_result',
  description:
    'Reads a part of the result of a task that was too large to be shown: what is at path, from offset on, or where find stands in it.',
  inputSchema: {
    type: 'object',
    properties: {
      task_ref: { type: 'string', description: 'As the answer with the part had it.' },
      path: { type: 'string', description: 'JSON Pointer such as /items/0/name.' },
      offset: {
        type: 'integer',
        minimum: 0,
        description: 'Items, keys, lines or matches to skip.',
      },
      limit: { type: 'integer', minimum: 1 },
      find: { type: 'string', description: 'Text to look for, in any case.' },
    },
    required: ['task_ref'],
    additionalProperties: false,
  },
};

/** What a model sends to it. */
export interface ReadArguments extends ResultPart {
  readonly task_ref: string;
}

/** Answers a call of it. @throws {TaskClientError} */
export async function readOn(
  tasks: TaskClient,
  { task_ref: taskRef, ...part }: ReadArguments,
  signal: AbortSignal | undefined,
): Promise<JsonObject> {
  return tasks.readResult(taskRef, part, { signal });
}

export async function toShown(
  tasks: TaskClient,
  taskRef: string,
  result: Json,
  signal?: AbortSignal,
): Promise<Json> {
  const text = JSON.stringify(result);
  const isFile = isFileReference(result);
  if (text.length <= WHOLE_CHARACTERS && !isFile) return result;
  try {
    return await readOn(tasks, { task_ref: taskRef }, signal);
  } catch (error) {
    if (!(error instanceof TaskClientError)) throw error;
    // A file that is no text, or a server that cannot be asked for parts.
    return isFile ? result : { beginning: cut(text, WHOLE_CHARACTERS), characters: text.length };
  }
}
