// What a tool is, for every face: its published definition and its handler, with the arguments parsed in between.
// Schemas are turned into JSON Schema once, when the tool is made, never per request.
import type { Tool as ToolDefinition, ToolAnnotations } from '@modelcontextprotocol/server';
import * as z from 'zod';
import type { JsonObject } from '../contract/json.ts';
import type { Progress } from '../contract/task.ts';
import type { Caller } from '../tasks/service.ts';
import { toPublished } from './published.ts';
import { parseArguments, type Explanation } from './arguments.ts';

/** One call, beside its arguments. */
export interface Call {
  readonly caller: Caller;
  /** Present when the caller sent a progress token. */
  readonly onProgress?: (progress: Progress) => void;
}

/** A tool, ready to be listed and called. */
export interface Tool {
  readonly definition: ToolDefinition;
  /**
   * The ordinary answer. Refusals are thrown as errors of the table: `INVALID_PARAMETERS` for arguments that do not
   * fit, and whatever the task service refuses with.
   */
  answer(args: unknown, call: Call): Promise<JsonObject>;
}

/** What `defineTool` takes. */
export interface ToolOptions<Input extends z.ZodObject, Output extends z.ZodObject> {
  readonly name: string;
  readonly title: string;
  /** For a model: when to call it and what comes back, short. */
  readonly description: string;
  readonly annotations: ToolAnnotations;
  readonly input: Input;
  /** Every ordinary answer fits it: clients check, and drop answers that do not. */
  readonly output: Output;
  /** Turns the published input schema into one that says more than zod can. */
  readonly publish?: (schema: JsonObject) => JsonObject;
  /** What else there is to say of arguments that do not fit, so that a model can mend its call in one step. */
  readonly explain?: (args: JsonObject) => Explanation;
  readonly answer: (args: z.output<Input>, call: Call) => Promise<z.output<Output>>;
}

/** Makes a tool from its description. */
export function defineTool<Input extends z.ZodObject, Output extends z.ZodObject>(
  options: ToolOptions<Input, Output>,
): Tool {
  const { name, title, description, annotations, input, output } = options;
  const shown = toJsonSchema(input, 'input');
  return {
    definition: {
      name,
      title,
      description,
      inputSchema: toPublished(options.publish?.(shown) ?? shown) as ToolDefinition['inputSchema'],
      outputSchema: toJsonSchema(output, 'output'),
      annotations,
    },
    answer: async (args, call) => {
      const parsed = parseArguments(name, input, args, options.explain);
      return (await options.answer(parsed, call)) as JsonObject;
    },
  };
}

function toJsonSchema(schema: z.ZodObject, io: 'input' | 'output'): JsonObject {
  const shown = z.toJSONSchema(schema, { io });
  delete shown.$schema;
  return shown as JsonObject;
}
