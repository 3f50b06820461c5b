// A declared job, read: its requests, each with what it may know of the job, and their places checked against each other.
import { isJsonObject, type Json, type JsonObject } from '../../../contract/json.ts';
import type { Environment } from '../kind.ts';
import { parseAuth } from '../auth/auth.ts';
import { at, type CommonParts } from '../common.ts';
import {
  parseExchange,
  type DeclaredExchange,
  type ExchangeDeclaration,
} from '../http/declared-exchange.ts';
import { withField } from '../http/own-fields.ts';
import { checkResult } from '../http/pages.ts';
import { readOrigins } from '../http/origins.ts';
import { parseUrlTemplate } from '../http/url-template.ts';
import { checkCallback } from './check-callback.ts';
import { checkConditions } from './check-conditions.ts';
import {
  checkSources,
  toHandleSchema,
  toStandIn,
  type HandleSources,
  type HandleUse,
} from './handle.ts';
import type { ParsedHttpJobDeclaration } from './job-declaration.ts';
import type { SubmitPlan } from './submit.ts';

export interface Job {
  readonly parameters: Json;
  readonly handle: Json;
}

export interface DeclaredJob {
  readonly declared: ParsedHttpJobDeclaration;
  readonly plan: Omit<SubmitPlan, 'cancel'>;
  /** Absent where the upstream only calls back. */
  readonly poll: DeclaredExchange | undefined;
  readonly cancel: DeclaredExchange | undefined;
  readonly result: DeclaredExchange | undefined;
  /** What a request after the submit may name. */
  readonly fieldsOf: (job: Job) => JsonObject;
  /** Throws where a request could not be made with these parameters. */
  readonly check: (parsed: JsonObject) => void;
}

/** @throws {TypeError} when the declaration cannot be used; the message says why */
export function readJob(
  name: string,
  declared: ParsedHttpJobDeclaration,
  environment: Environment,
  { parse, inputSchema }: Pick<CommonParts, 'parse' | 'inputSchema'>,
): DeclaredJob {
  const { submit, poll: polled, cancel: cancelled, result: fetched } = declared;
  const steps = [submit, ...submit.steps];
  const said = steps.flatMap(({ handle }) => (handle === undefined ? [] : [handle]));
  const later = polled?.handle === undefined ? said : [...said, polled.handle];
  checkPlaces(name, declared, said, later);
  const { home, urls } = at(name, 'submit', () => readAddresses(declared, environment));
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
  const withHandle = (sources: readonly HandleSources[]): JsonObject =>
    at(name, 'input', () => addHandle(inputSchema, toHandleSchema(sources)));
  const follow = (
    place: string,
    exchange: ExchangeDeclaration,
    sources: readonly HandleSources[],
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
  const poll = polled && follow('poll', polled, said);
  const cancel = cancelled && follow('cancel', cancelled, later);
  const result = fetched && follow('result', fetched, later);
  /** Once there is a handle, every request that can be made with it must be one that can be made. */
  const checkLater = (fields: JsonObject): void => {
    poll?.check(fields);
    if (polled?.handle !== undefined) return; // a poll moves it before the others see it
    cancel?.check(fields);
    result?.check(fields);
  };
  const withOwnFields = (schema: JsonObject): JsonObject =>
    withField(declared.callback ? withField(schema, 'callback_url') : schema, 'idempotencyKey');
  const requests = steps.map((step, index) => ({
    exchange: at(name, index === 0 ? 'submit' : `submit: steps: ${index - 1}`, () => {
      const before = steps
        .slice(0, index)
        .flatMap(({ handle }) => (handle === undefined ? [] : [handle]));
      return parseExchange(step, {
        ...reach,
        inputSchema: withOwnFields(before.length === 0 ? inputSchema : withHandle(before)),
        // Also where the upstream honours the key: another task has another key, and would start a second job.
        repeatable: false,
        idempotencyHeader: index === 0 ? declared.idempotencyHeader || null : null,
      });
    }),
    refusals: step,
    handle: step.handle,
  }));
  return {
    declared,
    plan: {
      steps: requests,
      use,
      done: submit.done,
      result: submit.result,
      check: checkLater,
    },
    poll,
    cancel,
    result,
    fieldsOf: (job) => ({ ...(parse(job.parameters) as JsonObject), handle: job.handle }),
    check: (parsed) => {
      const known = { ...parsed, handle: toStandIn(later, use) };
      for (const [index, { exchange }] of requests.entries()) {
        exchange.check(index === 0 ? parsed : known);
      }
      checkLater(known);
    },
  };
}

/** Checks what the places of a declaration say of each other. */
function checkPlaces(
  name: string,
  declared: ParsedHttpJobDeclaration,
  said: readonly HandleSources[],
  later: readonly HandleSources[],
): void {
  const { poll, cancel, result } = declared;
  at(name, 'callback', () => {
    checkCallback(declared);
  });
  if (poll ?? cancel ?? result) {
    at(name, 'submit', () => {
      checkSources(said);
    });
    at(name, 'poll', () => {
      checkSources(later);
      if (poll) checkConditions(poll);
    });
  }
  at(name, 'result', () => {
    if (result) checkResult(result);
  });
}

/** The origin of the first request, and the values of the handle that are URLs of later ones. */
function readAddresses(
  { submit, poll, cancel, result }: ParsedHttpJobDeclaration,
  environment: Environment,
): { readonly home: string; readonly urls: ReadonlySet<string> } {
  const read = ({ url }: { readonly url: string }) => parseUrlTemplate(url, environment);
  const { origin } = read(submit);
  if (origin == null) throw new TypeError('the URL of the first request is that of no answer');
  const others = [...submit.steps, poll, cancel, result].flatMap((each) =>
    each ? [read(each)] : [],
  );
  return {
    home: origin,
    urls: new Set(others.flatMap(({ start }) => (start ? [start.join('.')] : []))),
  };
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
