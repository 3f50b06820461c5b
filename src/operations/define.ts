// From the author's typed definition to the engine's erased operation. Parameters are shipped as they came and parsed
// on both sides; a schema that JSON Schema cannot show is refused here, at definition time.
import * as z from 'zod';
import { OperationError } from '../contract/errors.ts';
import type { Json, JsonObject } from '../contract/json.ts';
import type { OperationContext } from './context.ts';
import type { JobPolling, JobStatus, JobSteps, Operation, RunSteps } from './operation.ts';
import { policySchema, type PolicyOptions } from './policy.ts';

interface CommonDefinition<Input extends z.ZodType> {
  /** Letters, digits, `_` and `-`, beginning with a letter, at most 64. */
  readonly name: string;
  /** For a model: what it does, when to use it, how long it takes. */
  readonly description: string;
  /** A zod schema of the parameters; it must be expressible as JSON Schema. */
  readonly input: Input;
  /** Limits; what is left out comes from the configuration. */
  readonly policy?: PolicyOptions;
  /** Whether a repeated attempt does no harm. Default: `false`. */
  readonly idempotent?: boolean;
  /** Derives the idempotency key from the parameters, so that equal requests share a task though no key was sent. */
  readonly deriveKey?: (parameters: z.output<Input>) => string;
}

/** What `defineOperation` takes. */
export interface OperationDefinition<
  Input extends z.ZodType,
  Output extends z.ZodType,
> extends CommonDefinition<Input> {
  /** A zod schema of the result; without it any JSON may come back. */
  readonly output?: Output;
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
  /** How often to look. Default: after 1 s, doubling, at most every 30 s. */
  readonly polling?: Partial<JobPolling>;
}

const NAME = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;

/**
 * Defines an operation that one attempt does from beginning to end.
 *
 * @throws {TypeError} when the name, the policy or a schema cannot be used; the message says why
 */
export function defineOperation<
  Input extends z.ZodType,
  Output extends z.ZodType = z.ZodType<Json, Json>,
>(definition: OperationDefinition<Input, Output>): Operation {
  const { name, input, output } = definition;
  const steps: RunSteps = {
    kind: 'run',
    run: async (parameters, context) =>
      parseResult(name, output, await definition.run(parse(name, input, parameters), context)),
  };
  return createOperation(definition, output, steps);
}

/**
 * Defines an operation that runs elsewhere: submitted once, then asked for. Waiting holds no worker slot.
 *
 * @throws {TypeError} when the name, the policy or a schema cannot be used; the message says why
 */
export function defineJob<
  Input extends z.ZodType,
  Output extends z.ZodType = z.ZodType<Json, Json>,
  Handle extends Json = Json,
>(definition: JobDefinition<Input, Output, Handle>): Operation {
  const { name, input, output, cancel } = definition;
  const typed = ({ parameters, handle }: { parameters: Json; handle: Json }) => ({
    parameters: parse(name, input, parameters),
    handle: handle as Handle,
  });
  const steps: JobSteps = {
    kind: 'job',
    polling: {
      initialIntervalMs: 1000,
      backoffMultiplier: 2,
      maxIntervalMs: 30_000,
      ...definition.polling,
    },
    submit: async (parameters, context) =>
      definition.submit(parse(name, input, parameters), context),
    poll: async (job, context) => {
      const status = await definition.poll(typed(job), context);
      return status.done
        ? { done: true, result: parseResult(name, output, status.result) }
        : status;
    },
    ...(cancel && { cancel: async (job, context) => cancel(typed(job), context) }),
  };
  return createOperation(definition, output, steps);
}

function createOperation<Input extends z.ZodType>(
  definition: CommonDefinition<Input>,
  output: z.ZodType | undefined,
  steps: RunSteps | JobSteps,
): Operation {
  const { name, description, input, policy, idempotent, deriveKey } = definition;
  if (!NAME.test(name)) {
    throw new TypeError(
      `operation name ${JSON.stringify(name)}: use letters, digits, "_" and "-", beginning with a letter, at most 64`,
    );
  }
  if (description.trim() === '') {
    throw new TypeError(`operation ${name}: a description is needed; a model chooses by it`);
  }
  const limits = policySchema.safeParse(policy ?? {});
  if (!limits.success) {
    throw new TypeError(`operation ${name}: policy: ${z.prettifyError(limits.error)}`);
  }
  toJsonSchema(name, 'input', input, 'output'); // refuses transforms, which the input form would hide
  return Object.freeze({
    name,
    description,
    inputSchema: toJsonSchema(name, 'input', input, 'input'),
    outputSchema: output ? toJsonSchema(name, 'output', output, 'output') : null,
    policy: limits.data,
    idempotent: idempotent ?? false,
    check: (parameters: Json) => {
      parse(name, input, parameters);
    },
    deriveKey: (parameters: Json) => deriveKey?.(parse(name, input, parameters)) ?? null,
    steps,
  });
}

function toJsonSchema(
  name: string,
  side: 'input' | 'output',
  schema: z.ZodType,
  io: 'input' | 'output',
): JsonObject {
  try {
    const shown = z.toJSONSchema(schema, { io });
    delete shown.$schema;
    return shown as JsonObject;
  } catch (error) {
    throw new TypeError(
      `operation ${name}: its ${side} cannot be shown as JSON Schema (${(error as Error).message}); ` +
        'use types that JSON has: strings for dates, no transforms',
      { cause: error },
    );
  }
}

/** Fails with every offending path at once and the schema, so that a model can mend its call in one step. */
function parse<Schema extends z.ZodType>(
  name: string,
  input: Schema,
  parameters: Json,
): z.output<Schema> {
  const parsed = input.safeParse(parameters);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map((issue) => ({
    path: `/${issue.path.map(String).join('/')}`,
    message: issue.message,
  }));
  const listed = issues.map(({ path, message }) => `${path}: ${message}`).join('; ');
  throw new OperationError('INVALID_PARAMETERS', `parameters of ${name}: ${listed}`, {
    details: { issues, input_schema: toJsonSchema(name, 'input', input, 'input') },
  });
}

function parseResult(name: string, output: z.ZodType | undefined, result: unknown): Json {
  if (!output) return (result ?? null) as Json;
  const parsed = output.safeParse(result);
  if (parsed.success) return parsed.data as Json;
  throw new OperationError(
    'INTERNAL',
    `result of ${name} does not fit its output schema: ${z.prettifyError(parsed.error)}`,
  );
}
