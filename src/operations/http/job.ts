// From a declaration to a job that an upstream runs, reached over HTTP. Only the submit carries the idempotency key: an
// upstream that honours keys would answer every poll under the same key with its first answer.
import { createOperation } from '../create.ts';
import type { JobSteps, Operation } from '../operation.ts';
import { resolvePolling } from '../polling.ts';
import { cancelJob, takeHandle, toJobStatus } from './job-answer.ts';
import {
  parseExchange,
  type DeclaredExchange,
  type ExchangeDeclaration,
} from './declared-exchange.ts';
import { at, parseDeclaration, readCommon } from './definition.ts';
import { httpJobDeclarationSchema, type HttpJobDeclaration } from './job-declaration.ts';
import { isJsonObject, type Json, type JsonObject } from '../../contract/json.ts';
import type { Environment } from './url-template.ts';

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
  const declared = parseDeclaration(name, httpJobDeclarationSchema, declaration);
  const { parse, parseResult, ...parts } = readCommon(name, declared);
  const withHandle = at(name, 'input', () => addHandle(parts.inputSchema));
  const later = (place: string, exchange: ExchangeDeclaration): DeclaredExchange =>
    at(name, place, () =>
      parseExchange(exchange, {
        inputSchema: withHandle,
        environment,
        repeatable: true,
        idempotencyHeader: null,
      }),
    );
  const submit = at(name, 'submit', () =>
    parseExchange(declared.submit, {
      inputSchema: parts.inputSchema,
      environment,
      repeatable: declared.idempotent,
      idempotencyHeader: declared.idempotencyHeader || null,
    }),
  );
  const poll = later('poll', declared.poll);
  const cancel = declared.cancel && later('cancel', declared.cancel);
  const fieldsOf = (job: { readonly parameters: Json; readonly handle: Json }): Json => ({
    ...(parse(job.parameters) as JsonObject),
    handle: job.handle,
  });
  const steps: JobSteps = {
    kind: 'job',
    polling: resolvePolling(declared.poll),
    submit: (parameters, context) =>
      submit.perform(parse(parameters), context, (answer, redactor) =>
        takeHandle(answer, declared.submit.handle, redactor),
      ),
    poll: async (job, context) => {
      const status = await poll.perform(fieldsOf(job), context, (answer, redactor) =>
        toJobStatus(answer, declared.poll, redactor),
      );
      return status.done ? { done: true, result: parseResult(status.result) } : status;
    },
    ...(cancel && {
      cancel: (job, context) => cancelJob(() => cancel.perform(fieldsOf(job), context, () => null)),
    }),
  };
  return createOperation({
    ...parts,
    idempotent: declared.idempotent,
    check: (parameters) => {
      const parsed = parse(parameters);
      submit.check(parsed);
      for (const exchange of [poll, cancel]) {
        exchange?.check({ ...(parsed as JsonObject), handle: 'handle' });
      }
    },
    steps,
  });
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
