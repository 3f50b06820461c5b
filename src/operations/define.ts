// From the author's typed definition to the engine's erased operation. Parameters are shipped as they came and parsed
// on both sides; a schema that JSON Schema cannot show is refused here, at definition time.
import type * as z from 'zod';
import type { Json } from '../contract/json.ts';
import type { DeclaredContext, OperationContext } from './context.ts';
import { createOperation } from './create.ts';
import { checkDefinition, type Admit, type CommonDefinition } from './definition.ts';
import type { Operation } from './operation.ts';
import { refuseExactNumbers } from './schema/exact-numbers.ts';
import { parseResult } from './schema/parse.ts';

/** What `defineOperation` takes. */
export interface OperationDefinition<
  Input extends z.ZodType,
  Output extends z.ZodType,
> extends CommonDefinition<Input> {
  /** A zod schema of the result; without it any JSON may come back. */
  readonly output?: Output;
  /**
   * How long a task waits before its first attempt, in milliseconds. It holds no worker slot meanwhile, and no restart ends
   * the wait; the task's total time goes on. `context.delayedMs` says what was waited. Default: not at all.
   */
  readonly delayMs?: (parameters: z.output<Input>) => number;
  /** One attempt. What it throws as `OperationError` keeps its code; anything else becomes `INTERNAL`. */
  readonly run: (
    parameters: z.output<Input>,
    context: OperationContext,
  ) => Promise<z.input<Output>> | z.input<Output>;
}

/** The same, run with all that declared operations are given. */
export interface RunDefinition<Input extends z.ZodType, Output extends z.ZodType> extends Omit<
  OperationDefinition<Input, Output>,
  'run'
> {
  readonly run: (
    parameters: z.output<Input>,
    context: DeclaredContext,
  ) => Promise<z.input<Output>> | z.input<Output>;
}

/**
 * Defines an operation that one attempt does from beginning to end.
 *
 * @throws {TypeError} when the name, the policy or a schema cannot be used; the message says why
 */
export function defineOperation<
  Input extends z.ZodType,
  Output extends z.ZodType = z.ZodType<Json, Json>,
>(definition: OperationDefinition<Input, Output>): Operation {
  return defineRun(definition, refuseExactNumbers);
}

/**
 * The same for an operation that knows by itself what its code can read.
 *
 * @throws {TypeError} as `defineOperation` does
 */
export function defineRun<Input extends z.ZodType, Output extends z.ZodType>(
  definition: RunDefinition<Input, Output>,
  admit: Admit,
): Operation {
  const { name, output, delayMs } = definition;
  const { parse, ...parts } = checkDefinition(definition, output, { admit, delayMs });
  return createOperation({
    ...parts,
    steps: {
      kind: 'run',
      run: async (parameters, context) =>
        parseResult(name, output, await definition.run(parse(parameters), context)),
    },
  });
}
