// An HTTP operation declared without code: the schema of what people write under `operations` with `kind: http`.
import * as z from 'zod';
import { callbacksField } from '../../callbacks.ts';
import { jsonValue } from '../../schema/json-value.ts';
import { policySchema } from '../../policy.ts';
import { presentationFields } from '../../presentation.ts';
import {
  answerFields,
  fileField,
  methodSchema,
  pointerSchema,
  requestFields,
} from './exchange-declaration.ts';

/** What every declared operation may say, whatever its kind. */
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
  idempotencyKey: z
    .string()
    .min(1)
    .max(512)
    .optional()
    .describe(
      'Template of the idempotency key, such as `report-{customer}-{month}`, at most 512 characters: equal requests ' +
        'share a task though no key was sent. When a field is absent, no key is derived. Default: none is derived.',
    ),
  idempotencyHeader: z
    .union([z.string().regex(/^[A-Za-z][A-Za-z0-9-]{0,63}$/), z.literal(false)])
    .default('Idempotency-Key')
    .describe(
      'Header that carries the key of the request, the same for every attempt and not to be guessed; `false` sends ' +
        'none. Default: `Idempotency-Key`.',
    ),
};

/** An operation that is one HTTP exchange. */
export const httpDeclarationSchema = z.strictObject({
  kind: z.literal('http').describe('One HTTP request, answered with the result.'),
  ...commonFields,
  idempotent: z
    .boolean()
    .optional()
    .describe(
      'Whether a repeated attempt does no harm. Default: by the method (RFC 9110): true for GET, HEAD, OPTIONS, PUT ' +
        'and DELETE, false for POST and PATCH.',
    ),
  request: z
    .strictObject({
      method: methodSchema.default('GET').describe('HTTP method. Default: `GET`.'),
      ...requestFields,
      file: fileField,
    })
    .describe('What is sent.'),
  response: z
    .strictObject({
      ...answerFields,
      result: pointerSchema
        .default('')
        .describe(
          'JSON Pointer to the part of the answer that is the result. Default: the whole answer.',
        ),
      store: z
        .boolean()
        .default(false)
        .describe(
          'Whether the body becomes a file, as a stream and whatever its media type; the result is the reference to it. Then ' +
            '`maxBytes` does not count, but `storage.maxFileBytes`. Default: false.',
        ),
    })
    .prefault({})
    .describe(
      'How the answer is judged, and which part of it is the result. Default: 2xx, the whole answer.',
    ),
});

/** An HTTP operation as people write it. */
export type HttpDeclaration = z.input<typeof httpDeclarationSchema>;
