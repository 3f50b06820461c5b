// What declarations have in common, whatever their kind: schemas, checks, and the idempotency key as a template.
import * as z from 'zod';
import type { Json } from '../../contract/json.ts';
import { callbacksField } from '../callbacks.ts';
import type { OperationParts } from '../create.ts';
import { describeIssues, parseOption } from '../schema/issues.ts';
import { parseParameters, parseResult } from '../schema/parse.ts';
import { policySchema } from '../policy.ts';
import { laneField } from '../lane.ts';
import { presentationFields } from '../presentation.ts';
import { checkField } from './template/fields.ts';
import { jsonValue } from '../schema/json-value.ts';
import { readInputSchema, readOutputSchema } from '../schema/read.ts';
import { percentEncode, renderText } from './template/render.ts';
import { fieldsOf, parseTemplate } from './template/template.ts';

/** What every declaration may say. */
export const commonFields = {
  description: z
    .string()
    .min(1)
    .max(4096)
    .describe(
      'For a model: what it does, when to use it, how long it takes. At most 4096 characters.',
    ),
  ...presentationFields,
  input: z
    .record(z.string(), jsonValue)
    .default({ type: 'object', properties: {} })
    .describe(
      'JSON Schema of the parameters, an object. Unknown fields are refused unless `additionalProperties` says ' +
        'otherwise. Default: no parameters.',
    ),
  output: z
    .record(z.string(), jsonValue)
    .optional()
    .describe('JSON Schema of the result. Default: any JSON may come back.'),
  policy: policySchema
    .optional()
    .describe('Limits of this operation. Default: those of the `execution` group.'),
  callbacks: callbacksField,
  lane: laneField,
  idempotencyKey: z
    .string()
    .min(1)
    .max(512)
    .optional()
    .describe(
      'Template of the idempotency key, such as `report-{customer}-{month}`, at most 512 characters: equal requests ' +
        'share a task though no key was sent. When a field is absent, no key is derived. Default: none is derived.',
    ),
};

export type CommonDeclaration = z.output<z.ZodObject<typeof commonFields>>;

export interface CommonParts extends Omit<
  OperationParts,
  'idempotent' | 'needs' | 'accept' | 'tool' | 'steps'
> {
  /**
   * How the operation accepts parameters, with the key that is derived of them.
   *
   * @param check throws where nothing can be made of parameters that fit the schema
   */
  readonly acceptWith: (check?: (parsed: Json) => void) => OperationParts['accept'];
  /** Fails with `INVALID_PARAMETERS`. */
  readonly parse: (parameters: Json) => Json;
  /** Fails with `INTERNAL`. */
  readonly parseResult: (result: Json) => Json;
}

/** Runs a part of a definition; an error names the operation and the place. */
export function at<T>(name: string, place: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new TypeError(`operation ${name}: ${place}: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/** @throws {TypeError} naming every offending key at once */
export function parseDeclaration<Schema extends z.ZodType>(
  name: string,
  schema: Schema,
  declaration: unknown,
): z.output<Schema> {
  return parseOption(name, schema, declaration, describeIssues);
}

/** @throws {TypeError} when a schema or a template cannot be used; the message says why */
export function readCommon(name: string, declaration: CommonDeclaration): CommonParts {
  const { description, policy, idempotencyKey } = declaration;
  const { title, hints, tags, inlineWaitSeconds, taskSupport } = declaration;
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
    lane: declaration.lane,
    presentation: { title, hints, tags, inlineWaitSeconds, taskSupport },
    acceptWith: (check) => (parameters) => {
      const parsed = parse(parameters);
      check?.(parsed);
      return {
        deriveKey: () =>
          key && (renderText(key, { fields: parsed, secrets: new Map() }, percentEncode) ?? null),
      };
    },
    parse,
    parseResult: (result) => parseResult(name, output?.schema, result),
  };
}
