// From a declaration to a job that an upstream runs, reached over HTTP. Only the submit carries the idempotency key: an
// upstream that honours keys would answer every poll under the same key with its first answer.
import { createOperation } from '../../create.ts';
import type { JobSteps, Operation } from '../../operation.ts';
import { resolvePolling } from '../../polling.ts';
import { toPollError, UnreadPoll } from '../../poll-error.ts';
import { parseAuth } from '../auth/auth.ts';
import { cancelJob, toJobStatus } from './job-answer.ts';
import {
  parseExchange,
  withIdempotencyKey,
  type DeclaredExchange,
  type ExchangeDeclaration,
} from '../http/declared-exchange.ts';
import { at, parseDeclaration, readCommon } from '../common.ts';
import { checkRefused } from '../http/refusal.ts';
import { readOrigins } from '../http/origins.ts';
import { parseUrlTemplate } from '../http/url-template.ts';
import { checkConditions } from './check-conditions.ts';
import { checkSources, takeHandle, toHandleSchema, toStandIn, type HandleUse } from './handle.ts';
import {
  httpJobDeclarationSchema,
  type HttpJobDeclaration,
  type ParsedHttpJobDeclaration,
} from './job-declaration.ts';
import { OperationError } from '../../../contract/errors.ts';
import { isJsonObject, type Json, type JsonObject } from '../../../contract/json.ts';
import type { DeclaredContext } from '../../context.ts';
import type { Environment } from '../kind.ts';
import { fetchResult } from './result.ts';
import { resultOf, submitJob, type SubmitPlan } from './submit.ts';

interface Job {
  readonly parameters: Json;
  readonly handle: Json;
}

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
  const { submit, poll: polled, cancel: cancelled, result: fetched } = declared;
  const steps = [submit, ...submit.steps];
  const said = steps.flatMap(({ handle }) => (handle === undefined ? [] : [handle]));
  const later = polled.handle === undefined ? said : [...said, polled.handle];
  at(name, 'submit', () => {
    checkSources(said);
  });
  at(name, 'poll', () => {
    checkSources(later);
    checkConditions(polled);
  });
  const { home, urls } = at(name, 'submit', () => {
    const [first, ...others] = steps.map(({ url }) => parseUrlTemplate(url, environment));
    const all = [
      ...others,
      ...[polled, cancelled, fetched].flatMap((each) =>
        each ? [parseUrlTemplate(each.url, environment)] : [],
      ),
    ];
    if (first?.origin == null)
      throw new TypeError('the URL of the first request is that of no answer');
    return {
      home: first.origin,
      urls: new Set(all.flatMap(({ start }) => (start ? [start.join('.')] : []))),
    };
  });
  const origins = at(
    name,
    'origins',
    () => new Set([home, ...readOrigins(declared.origins, environment)]),
  );
  const auth = at(name, 'auth', () =>
    declared.auth === undefined ? null : parseAuth(declared.auth, environment),
  );
  const use: HandleUse = { urls, origins };
  const reach = { environment, auth, origins, home };
  const withHandle = (sources: typeof later): JsonObject =>
    at(name, 'input', () => addHandle(parts.inputSchema, toHandleSchema(sources)));
  const follow = (
    place: string,
    exchange: ExchangeDeclaration,
    sources: typeof later,
  ): DeclaredExchange =>
    at(name, place, () =>
      parseExchange(exchange, {
        ...reach,
        inputSchema: withHandle(sources),
        repeatable: true,
        unusable: 'UPSTREAM_UNAVAILABLE', // it may pass: a maintenance page, a proxy that cut the answer
        idempotencyHeader: null,
      }),
    );
  const poll = follow('poll', polled, said);
  const cancel = cancelled && follow('cancel', cancelled, later);
  const result = fetched && { declared: fetched, exchange: follow('result', fetched, later) };
  const fieldsOf = (job: Job): JsonObject => ({
    ...(parse(job.parameters) as JsonObject),
    handle: job.handle,
  });
  const checkResult = (): void => {
    if (fetched?.store && (fetched.result !== '' || fetched.pages !== undefined)) {
      throw new TypeError(
        'store keeps the whole answer, so neither result nor pages can name a part',
      );
    }
  };
  at(name, 'result', checkResult);
  /** Once there is a handle, every request that can be made with it must be one that can be made. */
  const movesLater = polled.handle !== undefined;
  const checkLater = (fields: JsonObject): void => {
    poll.check(fields);
    if (!movesLater) cancel?.check(fields);
    if (!movesLater) result?.exchange.check(fields);
  };
  const pollOnce = async (job: Job, context: DeclaredContext) =>
    poll.perform(fieldsOf(job), context, (answer, redactor) => {
      const seen = toJobStatus(
        answer,
        { ...polled, result: result ? null : polled.result },
        redactor,
      );
      if (seen instanceof OperationError || polled.handle === undefined) return seen;
      const known = takeHandle(answer, polled.handle, {
        use,
        redactor,
        known: job.handle,
        isWhole: false,
      });
      return { ...seen, ...(known !== undefined && { handle: known }) };
    });
  const cancelKnown = async (job: Job, context: DeclaredContext): Promise<void> => {
    if (cancel === undefined || resultOf(job.handle) !== undefined) return;
    await cancelJob(
      () =>
        cancel.perform(fieldsOf(job), context, (answer, redactor) => {
          checkRefused(answer, cancelled ?? { failed: [] }, redactor);
        }),
      async () => {
        const seen = await pollOnce(job, context).catch(() => null);
        if (seen === null || seen instanceof UnreadPoll) return false;
        return seen instanceof OperationError || seen.done;
      },
    );
  };
  const plan: SubmitPlan = {
    steps: steps.map((step, index) => ({
      exchange: at(name, index === 0 ? 'submit' : `submit: steps: ${index - 1}`, () => {
        const before = steps
          .slice(0, index)
          .flatMap(({ handle }) => (handle === undefined ? [] : [handle]));
        const known = before.length === 0 ? parts.inputSchema : withHandle(before);
        return parseExchange(step, {
          ...reach,
          inputSchema: withIdempotencyKey(known),
          // Also where the upstream honours the key: another task has another key, and would start a second job.
          repeatable: false,
          idempotencyHeader: index === 0 ? declared.idempotencyHeader || null : null,
        });
      }),
      refusals: step,
      handle: step.handle,
    })),
    use,
    done: submit.done,
    result: submit.result,
    check: checkLater,
    cancel: null,
  };
  const jobSteps: JobSteps = {
    kind: 'job',
    polling: resolvePolling(polled),
    submit: async (parameters, context) => {
      const undo = async (handle: Json, during: DeclaredContext) =>
        cancelKnown({ parameters, handle }, during);
      return submitJob(
        { ...plan, cancel: cancel ? undo : null },
        parse(parameters) as JsonObject,
        context,
      );
    },
    poll: async (job, context) => {
      const atOnce = resultOf(job.handle);
      if (atOnce !== undefined) return { done: true, result: parseResult(atOnce) };
      const seen = await pollOnce(job, context).catch((thrown: unknown) => {
        throw toPollError(thrown);
      });
      if (seen instanceof OperationError) throw seen;
      if (!seen.done) return seen;
      if (result === undefined) return { done: true, result: parseResult(seen.result) };
      const fields = fieldsOf({ ...job, handle: seen.handle ?? job.handle });
      const got = await fetchResult(result.exchange, result.declared, fields, context).catch(
        (thrown: unknown) => {
          throw toResultError(thrown);
        },
      );
      return { done: true, result: parseResult(got) };
    },
    ...(cancel && {
      cancel: async (job, context) => {
        const moved = movesLater ? await pollOnce(job, context).catch(() => null) : null;
        const isMoved = moved !== null && !(moved instanceof OperationError);
        await cancelKnown(
          { ...job, ...(isMoved && moved.handle !== undefined && { handle: moved.handle }) },
          context,
        );
      },
    }),
  };
  return createOperation({
    ...parts,
    idempotent: declared.idempotent,
    accept: (parameters) => {
      const parsed = parse(parameters) as JsonObject;
      const handle = toStandIn(later, use);
      for (const [index, { exchange }] of plan.steps.entries()) {
        exchange.check(index === 0 ? parsed : { ...parsed, handle });
      }
      checkLater({ ...parsed, handle });
      return { deriveKey: () => deriveKey(parsed) };
    },
    steps: jobSteps,
  });
}

/** A refusal of the result is what a done job says of its failure, unless a later look may see more. */
function toResultError(thrown: unknown): unknown {
  const failed = toPollError(thrown);
  if (!(failed instanceof UnreadPoll) || failed.again) return failed;
  const { code, message, details } = failed;
  return new OperationError(code, `the job is done, but not its result: ${message}`, { details });
}

/** The input schema with `handle` beside the parameters, as later requests see it. */
function addHandle(inputSchema: JsonObject, handle: JsonObject): JsonObject {
  const { properties, required } = inputSchema;
  const fields = isJsonObject(properties) ? properties : {};
  if ('handle' in fields) {
    throw new TypeError('a job has {handle} of its own; give the parameter another name');
  }
  return {
    ...inputSchema,
    properties: { ...fields, handle },
    required: [...(Array.isArray(required) ? (required as readonly Json[]) : []), 'handle'],
  };
}
