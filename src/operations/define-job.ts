// From the author's typed definition of a job to the engine's erased operation: submitted once, then polled.
import * as z from 'zod';
import { isErrorCode, OperationError, toTaskError } from '../contract/errors.ts';
import type { Json } from '../contract/json.ts';
import type { OperationContext } from './context.ts';
import { createOperation } from './create.ts';
import { checkDefinition, type CommonDefinition } from './definition.ts';
import type { JobPolling, JobStatus, JobSteps, Operation, Submitted } from './operation.ts';
import { toAuthoredPollError, toPollError, UnreadPoll } from './poll-error.ts';
import { pollingSchema, resolvePolling } from './polling.ts';
import { parseOption } from './schema/issues.ts';
import { parseResult, toJson } from './schema/parse.ts';

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
  /** Asks for the job once: `{ done: false }`, `{ done: true, result }`, or throws when the job failed. */
  readonly poll: (
    job: { readonly parameters: z.output<Input>; readonly handle: Handle },
    context: OperationContext,
  ) => Promise<JobStatus>;
  /** Asks the upstream to stop. */
  readonly cancel?: (
    job: { readonly parameters: z.output<Input>; readonly handle: Handle },
    context: OperationContext,
  ) => Promise<void>;
  /** How often to poll. Intervals 1 ms to a day, factor 1 to 10. Default: after 1 s, doubling, at most every 30 s. */
  readonly polling?: Partial<JobPolling>;
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
  const { parse, ...parts } = checkDefinition(definition, output);
  const polling = parseOption(`${name}: polling`, pollingSchema, definition.polling ?? {});
  const typed = ({ parameters, handle }: { parameters: Json; handle: Json }) => ({
    parameters: parse(parameters),
    handle: handle as Handle,
  });
  const steps: JobSteps = {
    kind: 'job',
    polling: resolvePolling(polling),
    submit: async (parameters, context) => {
      const parsed = parse(parameters);
      return submit(name, async () => definition.submit(parsed, context));
    },
    poll: async (job, context) => {
      const known = orUnread(() => typed(job));
      const seen = await poll(name, async () => definition.poll(known, context));
      return seen.done ? { done: true, result: parseResult(name, output, seen.result) } : seen;
    },
    ...(cancel && { cancel: async (job, context) => cancel(typed(job), context) }),
  };
  return createOperation({ ...parts, steps });
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

/** Reads a job that may have been submitted under an older schema. */
function orUnread<Known>(read: () => Known): Known {
  try {
    return read();
  } catch (thrown) {
    throw toPollError(thrown);
  }
}

/** One poll by an author's code. */
async function poll(
  name: string,
  ask: () => Promise<unknown>,
): Promise<
  Extract<JobStatus, { done: false }> | { readonly done: true; readonly result: unknown }
> {
  const status = await ask().catch((thrown: unknown) => {
    throw toAuthoredPollError(thrown);
  });
  const parsed = jobStatusSchema.safeParse(status);
  if (!parsed.success) {
    const why = `poll of ${name} returned no status of a job: ${z.prettifyError(parsed.error)}`;
    throw new UnreadPoll(new OperationError('INTERNAL', why));
  }
  if (parsed.data.done) return { done: true, result: parsed.data.result };
  const { progress, pollAfterMs } = parsed.data;
  return {
    done: false,
    ...(progress && { progress }),
    ...(pollAfterMs !== undefined && { pollAfterMs: Math.max(1, Math.round(pollAfterMs)) }),
  };
}
