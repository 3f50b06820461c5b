// What definitions in code have in common: their fields, and the checks of them.
import * as z from 'zod';
import type { InputRequests } from '../contract/input.ts';
import type { Json } from '../contract/json.ts';
import type { CallbackOptions } from './callbacks.ts';
import type { OperationParts } from './create.ts';
import { laneOption, type LaneOption } from './lane.ts';
import type { PolicyOptions } from './policy.ts';
import type { PresentationOptions } from './presentation.ts';
import { refuseExactNumbers } from './schema/exact-numbers.ts';
import { parseParameters } from './schema/parse.ts';
import { toInputSchema, toOutputSchema } from './schema/schema.ts';

/** What every definition says. */
export interface CommonDefinition<Input extends z.ZodType> extends PresentationOptions {
  /** Letters, digits, `_` and `-`, beginning with a letter, at most 64. */
  readonly name: string;
  /** For a model: what it does, when to use it, how long it takes. */
  readonly description: string;
  /**
   * A zod schema of the parameters: an object that can be shown as JSON Schema. Fields that it does not know are refused,
   * also where zod would strip them.
   */
  readonly input: Input;
  /** Limits; what is left out comes from the configuration. */
  readonly policy?: PolicyOptions;
  /** Where the end of each task is POSTed, with or without secrets of its own; at most 5. Default: nowhere. */
  readonly callbacks?: CallbackOptions;
  /** Whether a repeated attempt does no harm. Default: `false`. */
  readonly idempotent?: boolean;
  /**
   * What carries a task in Temporal: `workflow`, or `activity`, which is faster and cheaper and can neither ask, nor wait before its
   * first attempt, nor report its end; `auto` takes `activity` where the operation and the server can. Default: `execution.lane`.
   */
  readonly lane?: LaneOption;
  /**
   * Derives the idempotency key from the parameters, so that equal requests share a task though no key was sent; `null`
   * derives none. A key that is not 1 to 128 visible ASCII characters is replaced by its hash.
   */
  readonly deriveKey?: (parameters: z.output<Input>) => string | null;
  /**
   * What must be answered before the first attempt; `null` when nothing. Clients that can are asked before the task is
   * started, all others by the task itself; either way the answers are in the context of every attempt.
   */
  readonly askFirst?: (parameters: z.output<Input>) => InputRequests | null;
}

/** What both kinds of definition have in common, checked. */
interface Checked<Parameters> extends Omit<OperationParts, 'steps'> {
  readonly parse: (parameters: Json) => Parameters;
}

/** Refuses parameters that the code of an operation could not read. */
export type Admit = (name: string, parameters: Json) => void;

/** What only an operation that one attempt does may say. */
interface RunRules<Parameters> {
  readonly admit?: Admit;
  readonly delayMs?: ((parameters: Parameters) => number) | undefined;
}

/** @throws {TypeError} when a schema cannot be used; the message says why */
export function checkDefinition<Input extends z.ZodType>(
  definition: CommonDefinition<Input>,
  output: z.ZodType | undefined,
  { admit = refuseExactNumbers, delayMs }: RunRules<z.output<Input>> = {},
): Checked<z.output<Input>> {
  const { name, description, input, policy, idempotent, lane, deriveKey, askFirst } = definition;
  const { title, hints, tags, inlineWaitSeconds, taskSupport, callbacks } = definition;
  const inputSchema = toInputSchema(name, input);
  const closed = closeObject(input);
  const parse = (parameters: Json): z.output<Input> => {
    admit(name, parameters);
    return parseParameters(name, closed, inputSchema, parameters);
  };
  return {
    name,
    description,
    inputSchema,
    outputSchema: output ? toOutputSchema(name, output) : null,
    policy,
    callbacks,
    idempotent: idempotent ?? false,
    lane: checkLane(name, lane),
    needs: [...(askFirst ? ['questions' as const] : []), ...(delayMs ? ['delay' as const] : [])],
    accept: (parameters) => {
      const parsed = parse(parameters);
      return {
        deriveKey: () => deriveKey?.(parsed) ?? null,
        delayMs: () => delayMs?.(parsed) ?? 0,
        askFirst: () => askFirst?.(parsed) ?? null,
      };
    },
    presentation: { title, hints, tags, inlineWaitSeconds, taskSupport },
    parse,
  };
}

/** Authors of JavaScript may put in anything. */
function checkLane(name: string, lane: LaneOption | undefined): LaneOption | undefined {
  const parsed = laneOption.optional().safeParse(lane);
  if (parsed.success) return parsed.data;
  throw new TypeError(
    `operation ${name}: lane: expected workflow, activity or auto, not ${JSON.stringify(lane)}`,
  );
}

/** Reports unknown fields together with everything else that is wrong, where the input is a plain object. */
function closeObject<Input extends z.ZodType>(input: Input): Input | z.ZodType<z.output<Input>> {
  const schema: z.ZodType = input;
  return schema instanceof z.ZodObject && schema.def.catchall === undefined
    ? (schema.strict() as unknown as z.ZodType<z.output<Input>>)
    : input;
}
