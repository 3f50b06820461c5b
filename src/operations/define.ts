// From the author's typed definition to the engine's erased operation. Parameters are shipped as they came and parsed
// on both sides; a schema that JSON Schema cannot show is refused here, at definition time.
import * as z from 'zod';
import { isErrorCode, OperationError, toTaskError } from '../contract/errors.ts';
import type { InputRequests } from '../contract/input.ts';
import type { Json } from '../contract/json.ts';
import type { CallbackOptions } from './callbacks.ts';
import type { DeclaredContext, OperationContext } from './context.ts';
import { createOperation, type OperationParts } from './create.ts';
import { refuseExactNumbers } from './schema/exact-numbers.ts';
import { toAuthoredLookError, toLookError, UnreadLook } from './look.ts';
import type { JobPolling, JobStatus, JobSteps, Operation, Submitted } from './operation.ts';
import { parseParameters, parseResult, toJson } from './schema/parse.ts';
import type { PolicyOptions } from './policy.ts';
import type { PresentationOptions } from './presentation.ts';
import { pollingSchema, resolvePolling } from './polling.ts';
import { toInputSchema, toOutputSchema } from './schema/schema.ts';

interface CommonDefinition<Input extends z.ZodType> extends PresentationOptions {
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

/** What `defineJob` takes. */
export interface JobDefinition<
  Input extends z.ZodType,
  Output extends z.ZodType,
  Handle extends Json,
> extends CommonDefinition<Input> {
  /** A zod schema of the result; without it any JSON may come back. */
  readonly output?: Output;
  /** Starts the job upstream and returns what finds it again. */
  readonly submit: (parameters: z.output<Input>, context: OperationContext) => Promise<Handle>;
  /** Looks at the job once: `{ done: false }`, `{ done: true, result }`, or throws when the job failed. */
  readonly poll: (
    job: { readonly parameters: z.output<Input>; readonly handle: Handle },
    context: OperationContext,
  ) => Promise<JobStatus>;
  /** Asks the upstream to stop. */
  readonly cancel?: (
    job: { readonly parameters: z.output<Input>; readonly handle: Handle },
    context: OperationContext,
  ) => Promise<void>;
  /** How often to look. Intervals 1 ms to a day, factor 1 to 10. Default: after 1 s, doubling, at most every 30 s. */
  readonly polling?: Partial<JobPolling>;
}

/** What both kinds of definition have in common, checked. */
interface Checked<Parameters> extends Omit<OperationParts, 'steps'> {
  readonly parse: (parameters: Json) => Parameters;
}

const jobStatusSchema = z.discriminatedUnion('done', [
  z.object({
    done: z.literal(false),
    progress: z
      .object({ fraction: z.number().nullable(), message: z.string().nullable() })
      .optional(),
    pollAfterMs: z.number().min(0).optional(),
  }),
  z.object({ done: z.literal(true), result: z.unknown() }),
]);

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

/** Refuses parameters that the code of an operation could not read. */
type Admit = (name: string, parameters: Json) => void;

/** What only an operation that one attempt does may say. */
interface RunRules<Parameters> {
  readonly admit?: Admit;
  readonly delayMs?: ((parameters: Parameters) => number) | undefined;
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
  const { parse, ...parts } = check(definition, output, { admit, delayMs });
  return createOperation({
    ...parts,
    steps: {
      kind: 'run',
      run: async (parameters, context) =>
        parseResult(name, output, await definition.run(parse(parameters), context)),
    },
  });
}

/**
 * Defines an operation that runs elsewhere: submitted once, then asked for. Waiting holds no worker slot.
 *
 * @throws {TypeError} when the name, the policy, the polling or a schema cannot be used; the message says why
 */
export function defineJob<
  Input extends z.ZodType,
  Output extends z.ZodType = z.ZodType<Json, Json>,
  Handle extends Json = Json,
>(definition: JobDefinition<Input, Output, Handle>): Operation {
  const { name, output, cancel } = definition;
  const { parse, ...parts } = check(definition, output);
  const polling = pollingSchema.safeParse(definition.polling ?? {});
  if (!polling.success) {
    throw new TypeError(`operation ${name}: polling: ${z.prettifyError(polling.error)}`);
  }
  const typed = ({ parameters, handle }: { parameters: Json; handle: Json }) => ({
    parameters: parse(parameters),
    handle: handle as Handle,
  });
  const steps: JobSteps = {
    kind: 'job',
    polling: resolvePolling(polling.data),
    submit: async (parameters, context) => {
      const parsed = parse(parameters);
      return submit(name, async () => definition.submit(parsed, context));
    },
    poll: async (job, context) => {
      const seen = await look(
        name,
        () => typed(job),
        async (known) => definition.poll(known, context),
      );
      return seen.done ? { done: true, result: parseResult(name, output, seen.result) } : seen;
    },
    ...(cancel && { cancel: async (job, context) => cancel(typed(job), context) }),
  };
  return createOperation({ ...parts, steps });
}

function check<Input extends z.ZodType>(
  definition: CommonDefinition<Input>,
  output: z.ZodType | undefined,
  { admit = refuseExactNumbers, delayMs }: RunRules<z.output<Input>> = {},
): Checked<z.output<Input>> {
  const { name, description, input, policy, idempotent, deriveKey, askFirst } = definition;
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

/** Reports unknown fields together with everything else that is wrong, where the input is a plain object. */
function closeObject<Input extends z.ZodType>(input: Input): Input | z.ZodType<z.output<Input>> {
  const schema: z.ZodType = input;
  return schema instanceof z.ZodObject && schema.def.catchall === undefined
    ? (schema.strict() as unknown as z.ZodType<z.output<Input>>)
    : input;
}

/**
 * A submit by an author's code. What it throws without a code may come after a request that was taken, and so does a handle
 * that cannot be kept: neither may pass for a job that was never started.
 */
async function submit(name: string, begin: () => Promise<unknown>): Promise<Submitted> {
  const unknown = (why: string, cause?: unknown): OperationError =>
    new OperationError(
      'OUTCOME_UNKNOWN',
      `submit of ${name} ${why}; a job may have been started, so look upstream before you repeat it`,
      { cause },
    );
  const handle = await begin().catch((thrown: unknown) => {
    if (isSaid(thrown)) throw thrown;
    throw unknown(
      `failed in a way that it does not describe: ${toTaskError(thrown).message}`,
      thrown,
    );
  });
  if (handle === undefined) throw unknown('returned nothing that finds the job again');
  try {
    return { handle: toJson(name, handle) };
  } catch (error) {
    throw unknown(`returned a handle that cannot be kept: ${(error as Error).message}`);
  }
}

/** Whether what was thrown says what it means: an error of the table, or a question. */
function isSaid(thrown: unknown): boolean {
  if (!(thrown instanceof Error)) return false;
  return thrown.name === 'InputRequired' || ('code' in thrown && isErrorCode(thrown.code));
}

/** One look by an author's code at a job that may have been submitted under an older schema. */
async function look<Known>(
  name: string,
  know: () => Known,
  poll: (job: Known) => Promise<unknown>,
): Promise<
  Extract<JobStatus, { done: false }> | { readonly done: true; readonly result: unknown }
> {
  let known: Known;
  try {
    known = know();
  } catch (thrown) {
    throw toLookError(thrown);
  }
  const status = await poll(known).catch((thrown: unknown) => {
    throw toAuthoredLookError(thrown);
  });
  const parsed = jobStatusSchema.safeParse(status);
  if (!parsed.success) {
    const why = `poll of ${name} returned no status of a job: ${z.prettifyError(parsed.error)}`;
    throw new UnreadLook(new OperationError('INTERNAL', why));
  }
  if (parsed.data.done) return { done: true, result: parsed.data.result };
  const { progress, pollAfterMs } = parsed.data;
  return {
    done: false,
    ...(progress && { progress }),
    ...(pollAfterMs !== undefined && { pollAfterMs: Math.max(1, Math.round(pollAfterMs)) }),
  };
}
