// An operation as a tool of its own name, made once: what is published, and how its arguments are read.
import type { Tool as ToolDefinition } from '@modelcontextprotocol/server';
import { IDEMPOTENCY_KEY, KEY_EXPECTED } from '../../contract/idempotency-key.ts';
import type { JsonObject } from '../../contract/json.ts';
import type { Operation } from '../../operations/operation.ts';
import type { McpContext } from '../context.ts';
import { cleanArguments, createArgumentRefusal } from '../arguments.ts';
import { forgive } from '../forgive.ts';
import { toPublished } from '../published.ts';
import { KEY_ARGUMENT, toTypedInput } from './input-schema.ts';
import { toTypedOutput } from './output-schema.ts';

/** The arguments of a call, read. */
export interface TypedArguments {
  /** Not checked by the operation yet. */
  readonly parameters: JsonObject;
  readonly idempotencyKey: string | undefined;
}

/** A tool of the name of an operation. */
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
  const { name, title, description, hints, idempotent } = operation;
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
      const { [KEY_ARGUMENT]: key, ...given } = cleanArguments(name, args, input.keepsNull);
      const parameters = forgive(given, operation.inputSchema) as JsonObject;
      if (key === undefined || key === '') return { parameters, idempotencyKey: undefined };
      if (typeof key === 'string' && IDEMPOTENCY_KEY.test(key))
        return { parameters, idempotencyKey: key };
      throw createArgumentRefusal(name, [{ path: `/${KEY_ARGUMENT}`, message: KEY_EXPECTED }]);
    },
  };
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
