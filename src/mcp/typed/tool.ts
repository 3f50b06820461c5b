// An operation as a tool of its own name, made once: what is published, and how its arguments are read.
import type { Tool as ToolDefinition } from '@modelcontextprotocol/server';
import { IDEMPOTENCY_KEY, KEY_EXPECTED } from '../../contract/idempotency-key.ts';
import { isJsonObject, type JsonObject } from '../../contract/json.ts';
import type { ForeignTool, Operation } from '../../operations/operation.ts';
import type { McpContext } from '../context.ts';
import { cleanArguments, createArgumentRefusal } from '../arguments.ts';
import { forgive } from '../forgive.ts';
import { toPublished } from '../published.ts';
import { KEY_ARGUMENT, toTypedInput } from './input-schema.ts';
import { toTypedOutput } from './output-schema.ts';

export interface TypedArguments {
  /** Not checked by the operation yet. */
  readonly parameters: JsonObject;
  readonly idempotencyKey: string | undefined;
}

export interface TypedTool {
  readonly operation: Operation;
  /** How long a call waits for the outcome, in milliseconds. */
  readonly inlineWaitMs: number;
  readonly definition: ToolDefinition;
  /** Refuses with `INVALID_PARAMETERS`. */
  readonly read: (args: unknown) => TypedArguments;
}

/**
 * @param inlineWaitMs how long a call waits where the operation does not say
 * @param hasFiles whether a large result becomes a file
 * @throws {TypeError} when the operation has a parameter of the name of the key
 */
function createTypedTool(operation: Operation, inlineWaitMs: number, hasFiles: boolean): TypedTool {
  const { name, title, description, hints, idempotent, tool } = operation;
  if (tool) return createForeignTool(operation, tool, inlineWaitMs, hasFiles);
  const input = toTypedInput(name, operation.inputSchema);
  const outputSchema = toTypedOutput(operation.outputSchema, hasFiles);
  return {
    operation,
    inlineWaitMs: operation.inlineWaitMs ?? inlineWaitMs,
    definition: {
      name,
      title,
      description,
      inputSchema: toPublished(input.schema) as ToolDefinition['inputSchema'],
      ...(outputSchema && { outputSchema }),
      annotations: {
        readOnlyHint: hints.readOnly,
        destructiveHint: hints.destructive,
        idempotentHint: idempotent,
        openWorldHint: hints.openWorld,
      },
    },
    read: (args) => {
      const { parameters, idempotencyKey } = takeKey(
        name,
        cleanArguments(name, args, input.keepsNull),
      );
      return {
        parameters: forgive(parameters, operation.inputSchema) as JsonObject,
        idempotencyKey,
      };
    },
  };
}

/**
 * A tool of another server, as that server lists it: what is added is the argument for the key, unless it has one of the name, and
 * the answers that are ours.
 */
function createForeignTool(
  operation: Operation,
  { listed }: ForeignTool,
  inlineWaitMs: number,
  hasFiles: boolean,
): TypedTool {
  const { name, inputSchema } = operation;
  const { outputSchema } = listed;
  const { properties } = inputSchema;
  const hasKey = isJsonObject(properties) && Object.hasOwn(properties, KEY_ARGUMENT);
  const output = toTypedOutput(isJsonObject(outputSchema) ? outputSchema : null, hasFiles);
  return {
    operation,
    inlineWaitMs: operation.inlineWaitMs ?? inlineWaitMs,
    definition: {
      ...listed,
      execution: undefined,
      name,
      description: operation.description,
      inputSchema: hasKey ? inputSchema : toTypedInput(name, inputSchema).schema,
      outputSchema: output ?? undefined,
    } as ToolDefinition,
    read: (args) => {
      const parameters = cleanArguments(name, args, () => true);
      return hasKey ? { parameters, idempotencyKey: undefined } : takeKey(name, parameters);
    },
  };
}

function takeKey(name: string, { [KEY_ARGUMENT]: key, ...parameters }: JsonObject): TypedArguments {
  if (key === undefined || key === '') return { parameters, idempotencyKey: undefined };
  if (typeof key === 'string' && IDEMPOTENCY_KEY.test(key)) {
    return { parameters, idempotencyKey: key };
  }
  throw createArgumentRefusal(name, [{ path: `/${KEY_ARGUMENT}`, message: KEY_EXPECTED }]);
}

/**
 * The tools of the operations that a gateway offers, in the order of their names.
 *
 * @throws {TypeError} when one cannot be made; the message says why
 */
export function createTypedTools({ registry, tools, files }: McpContext): readonly TypedTool[] {
  return registry.all.map(({ operation }) =>
    createTypedTool(operation, tools.inlineWaitSeconds * 1000, files !== null),
  );
}
