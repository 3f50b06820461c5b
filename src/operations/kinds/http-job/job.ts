// From a declaration to a job that an upstream runs, reached over HTTP. Only the submit carries the idempotency key: an
// upstream that honours keys would answer every poll under the same key with its first answer.
import { createOperation } from '../../create.ts';
import type { JobSteps, Operation } from '../../operation.ts';
import { resolvePolling } from '../../polling.ts';
import { toPollError, UnreadPoll } from '../../poll-error.ts';
import { cancelJob, takeSubmitted, toJobStatus } from './job-answer.ts';
import {
  parseExchange,
  type DeclaredExchange,
  type ExchangeDeclaration,
} from '../http/declared-exchange.ts';
import { at, parseDeclaration, readCommon } from '../common.ts';
import {
  httpJobDeclarationSchema,
  type HttpJobDeclaration,
  type ParsedHttpJobDeclaration,
} from './job-declaration.ts';
import { OperationError } from '../../../contract/errors.ts';
import { isJsonObject, type Json, type JsonObject } from '../../../contract/json.ts';
import type { DeclaredContext } from '../../context.ts';
import type { Environment } from '../kind.ts';

/**
 * Defines a job that is submitted once and polled until it is done.
 *
 * @param name the operation's name; in a configuration file, the key of its entry
 * @param environment values of `${env:NAME}` at the very beginning of a URL; every other reference is read at the
 *   moment of use
 * @throws {TypeError} when the declaration cannot be used; the message says why
 */
export function defineHttpJob(
  name: string,
  declaration: HttpJobDeclaration,
  environment: Environment = {},
): Operation {
  return createHttpJob(
    name,
    parseDeclaration(name, httpJobDeclarationSchema, declaration),
    environment,
  );
}

/** The same of a declaration that was parsed. */
export function createHttpJob(
  name: string,
  declared: ParsedHttpJobDeclaration,
  environment: Environment,
): Operation {
  const { parse, parseResult, deriveKey, ...parts } = readCommon(name, declared);
  const withHandle = at(name, 'input', () => addHandle(parts.inputSchema));
  const later = (place: string, exchange: ExchangeDeclaration): DeclaredExchange =>
    at(name, place, () =>
      parseExchange(exchange, {
        inputSchema: withHandle,
        environment,
        repeatable: true,
        unusable: 'UPSTREAM_UNAVAILABLE', // it may pass: a maintenance page, a proxy that cut the answer
        idempotencyHeader: null,
      }),
    );
  const submit = at(name, 'submit', () =>
    parseExchange(declared.submit, {
      inputSchema: parts.inputSchema,
      environment,
      // Also where the upstream honours the key: another task has another key, and would start a second job.
      repeatable: false,
      idempotencyHeader: declared.idempotencyHeader || null,
    }),
  );
  const poll = later('poll', declared.poll);
  const cancel = declared.cancel && later('cancel', declared.cancel);
  const fieldsOf = (job: { readonly parameters: Json; readonly handle: Json }): Json => ({
    ...(parse(job.parameters) as JsonObject),
    handle: job.handle,
  });
  const checkLater = (fields: Json): void => {
    poll.check(fields);
    cancel?.check(fields);
  };
  const pollOnce = async (
    job: { readonly parameters: Json; readonly handle: Json },
    context: DeclaredContext,
  ) =>
    poll.perform(fieldsOf(job), context, (answer, redactor) =>
      toJobStatus(answer, declared.poll, redactor),
    );
  const steps: JobSteps = {
    kind: 'job',
    polling: resolvePolling(declared.poll),
    submit: (parameters, context) =>
      submit
        .perform(parse(parameters), context, (answer, redactor) =>
          takeSubmitted(answer, declared.submit.handle, redactor, (handle) => {
            checkLater(fieldsOf({ parameters, handle }));
          }),
        )
        .catch((thrown: unknown) => {
          throw toSubmitError(thrown);
        }),
    poll: async (job, context) => {
      const seen = await pollOnce(job, context).catch((thrown: unknown) => {
        throw toPollError(thrown);
      });
      if (seen instanceof OperationError) throw seen;
      return seen.done ? { done: true, result: parseResult(seen.result) } : seen;
    },
    ...(cancel && {
      cancel: (job, context) =>
        cancelJob(
          () => cancel.perform(fieldsOf(job), context, () => null),
          async () => {
            const seen = await pollOnce(job, context).catch(() => null);
            if (seen === null || seen instanceof UnreadPoll) return false;
            return seen instanceof OperationError || seen.done;
          },
        ),
    }),
  };
  return createOperation({
    ...parts,
    idempotent: declared.idempotent,
    accept: (parameters) => {
      const parsed = parse(parameters);
      submit.check(parsed);
      checkLater({ ...(parsed as JsonObject), handle: 'handle' });
      return { deriveKey: () => deriveKey(parsed) };
    },
    steps,
  });
}

/** An answer that was too large to be read is that of a submit that was taken all the same. */
function toSubmitError(thrown: unknown): unknown {
  if (!(thrown instanceof OperationError) || thrown.code !== 'RESULT_TOO_LARGE') return thrown;
  const { message, details } = thrown;
  return new OperationError(
    'OUTCOME_UNKNOWN',
    `${message}; the job was taken, so look there before you repeat it`,
    { details },
  );
}

/** The input schema with `handle` beside the parameters, as later requests see it. */
function addHandle(inputSchema: JsonObject): JsonObject {
  const { properties, required } = inputSchema;
  const fields = isJsonObject(properties) ? properties : {};
  if ('handle' in fields) {
    throw new TypeError('a job has {handle} of its own; give the parameter another name');
  }
  return {
    ...inputSchema,
    properties: { ...fields, handle: { type: 'string' } },
    required: [...(Array.isArray(required) ? (required as readonly Json[]) : []), 'handle'],
  };
}
