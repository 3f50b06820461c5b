// What a control tool is: one definition as data. The published list, the scopes of a call, the server's instructions, the names
// that no operation may have and the labels of metrics all follow from it.
import type { Tool as ToolDefinition } from '@modelcontextprotocol/server';
import type * as z from 'zod';
import { READ } from '../auth/index.ts';
import type { JsonObject } from '../contract/json.ts';
import { parseArguments, type Explanation } from './arguments.ts';
import type { Call } from './call.ts';
import { toToolMeta } from './client-hints.ts';
import type { McpContext } from './context.ts';
import { toJsonSchema, toPublished } from './published.ts';

/** What can be known of a tool without a gateway. */
interface ToolFacts {
  readonly name: string;
  /** The scope that a call needs; `null` for a tool that shows nothing of tasks. */
  readonly scope: string | null;
  /** The argument with the name of an operation that a call starts: the scopes of that operation are needed, too. */
  readonly startsByArgument?: string;
  /** The argument with the task_ref of a task that a call answers: what its operation demands is needed, too. */
  readonly answersByArgument?: string;
  /** What the server's instructions say: a sentence, or what follows the name of the tool in the list of all others. */
  readonly instruction: { readonly sentence: string } | { readonly purpose: string };
}

/** A tool, ready to be listed and called. */
export interface Tool extends ToolFacts {
  /** The definition as a gateway lists it. */
  publish(mcp: McpContext): ToolDefinition;
  /**
   * The ordinary answer. Refusals are thrown as errors of the table: `INVALID_PARAMETERS` for arguments that do not
   * fit, and whatever the task service refuses with.
   */
  answer(args: unknown, call: Call): Promise<JsonObject>;
}

interface ToolOptions<Input extends z.ZodObject> extends ToolFacts {
  readonly title: string;
  /** For a model: when to call it and what comes back, short. */
  readonly description: string | ((mcp: McpContext) => string);
  /** Whether an equal call does the same once more. Default: it changes nothing more. */
  readonly repeats?: boolean;
  readonly input: Input;
  /** Turns the published input schema into one that says more than zod can. */
  readonly publish?: (schema: JsonObject, mcp: McpContext) => JsonObject;
  /** What else there is to say of arguments that do not fit, so that a model can mend its call in one step. */
  readonly explain?: (args: JsonObject, call: Call) => Explanation;
  readonly answer: (args: z.output<Input>, call: Call) => Promise<object>;
}

/** What a client needs to know of answers: it drops those that do not fit, and a model reads them, not their schema. */
const ANY_OBJECT = { type: 'object' as const };

const READS = { readOnlyHint: true, openWorldHint: false };
const CHANGES = { readOnlyHint: false, destructiveHint: true, openWorldHint: true };

export function defineTool<Input extends z.ZodObject>(options: ToolOptions<Input>): Tool {
  const { name, title, description, scope, repeats = false, input, publish, explain } = options;
  const shown = toJsonSchema(input, 'input');
  return {
    ...options,
    publish: (mcp) => {
      const meta = toToolMeta(name, mcp.tools.answerBudgetTokens);
      return {
        name,
        title,
        description: typeof description === 'string' ? description : description(mcp),
        inputSchema: toPublished(publish?.(shown, mcp) ?? shown) as ToolDefinition['inputSchema'],
        outputSchema: ANY_OBJECT,
        annotations:
          scope === null || scope === READ ? READS : { ...CHANGES, idempotentHint: !repeats },
        ...(meta && { _meta: meta }),
      };
    },
    answer: async (args, call) => {
      const parsed = parseArguments(
        name,
        input,
        shown,
        args,
        (given) => explain?.(given, call) ?? {},
      );
      return (await options.answer(parsed, call)) as JsonObject;
    },
  };
}
