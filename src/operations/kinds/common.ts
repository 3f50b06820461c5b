// What both kinds of declaration have in common: schemas, checks, and the idempotency key as a template.
import type * as z from 'zod';
import type { Json, JsonObject } from '../../contract/json.ts';
import type { CallbackOptions } from '../callbacks.ts';
import type { OperationParts } from '../create.ts';
import { describeIssues, parseParameters, parseResult } from '../schema/parse.ts';
import type { PolicyOptions } from '../policy.ts';
import type { PresentationOptions } from '../presentation.ts';
import { checkField } from './http/fields.ts';
import { readInputSchema, readOutputSchema } from '../schema/read.ts';
import { percentEncode, renderText } from './http/render.ts';
import { fieldsOf, parseTemplate } from './http/template.ts';

/** What both kinds of declaration say. */
export interface CommonDeclaration extends PresentationOptions {
  readonly description: string;
  readonly input: JsonObject;
  readonly output?: JsonObject | undefined;
  readonly policy?: PolicyOptions | undefined;
  readonly callbacks?: CallbackOptions;
  readonly idempotencyKey?: string | undefined;
}

/** The common parts, read. */
export interface CommonParts extends Pick<
  OperationParts,
  | 'name'
  | 'description'
  | 'inputSchema'
  | 'outputSchema'
  | 'policy'
  | 'callbacks'
  | 'deriveKey'
  | 'presentation'
> {
  /** Fails with `INVALID_PARAMETERS`. */
  readonly parse: (parameters: Json) => Json;
  /** Fails with `INTERNAL`. */
  readonly parseResult: (result: Json) => Json;
}

/** Runs a part of a definition; what it finds wrong is told with the operation and the place. */
export function at<T>(name: string, place: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new TypeError(`operation ${name}: ${place}: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/**
 * Parses a declaration.
 *
 * @throws {TypeError} naming every offending key at once
 */
export function parseDeclaration<Schema extends z.ZodType>(
  name: string,
  schema: Schema,
  declaration: unknown,
): z.output<Schema> {
  const parsed = schema.safeParse(declaration);
  if (parsed.success) return parsed.data;
  throw new TypeError(`operation ${name}: ${describeIssues(parsed.error)}`);
}

/**
 * Reads the common parts.
 *
 * @throws {TypeError} when a schema or a template cannot be used; the message says why
 */
export function readCommon(name: string, declaration: CommonDeclaration): CommonParts {
  const { description, policy, idempotencyKey, title, hints, inlineWaitSeconds, taskSupport } =
    declaration;
  const input = at(name, 'input', () => readInputSchema(declaration.input));
  const output = at(
    name,
    'output',
    () => declaration.output && readOutputSchema(declaration.output),
  );
  const parse = (parameters: Json): Json =>
    parseParameters(name, input.schema, input.shown, parameters);
  const key =
    idempotencyKey === undefined
      ? null
      : at(name, 'idempotencyKey', () => {
          const template = parseTemplate(idempotencyKey);
          for (const path of fieldsOf(template)) checkField(input.shown, path);
          if (template.some(({ kind }) => kind === 'secret')) {
            throw new TypeError('a key is stored and shown; a secret has no place in it');
          }
          return template;
        });
  return {
    name,
    description,
    inputSchema: input.shown,
    outputSchema: output?.shown ?? null,
    policy,
    callbacks: declaration.callbacks,
    presentation: { title, hints, inlineWaitSeconds, taskSupport },
    deriveKey: (parameters) =>
      key &&
      (renderText(key, { fields: parse(parameters), secrets: new Map() }, percentEncode) ?? null),
    parse,
    parseResult: (result) => parseResult(name, output?.schema, result),
  };
}
