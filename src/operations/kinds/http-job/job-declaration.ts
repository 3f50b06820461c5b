// A job declared without code: the schema of what people write under `operations` with `kind: http_job`.
import * as z from 'zod';
import { pollingSchema } from '../../polling.ts';
import { authField } from '../auth/auth-declaration.ts';
import { callbackField } from './callback-declaration.ts';
import { commonFields } from '../common.ts';
import { conditionsSchema, statusConditionsSchema } from '../http/condition.ts';
import {
  answerFields,
  fileField,
  idempotencyHeaderField,
  methodSchema,
  originsField,
  pointerSchema,
  refusalFields,
  requestFields,
  resultFields,
} from '../http/exchange-declaration.ts';
import { sourceSchema } from '../http/source.ts';

const handleSchema = z.union(
  [sourceSchema, z.record(z.string().regex(/^[A-Za-z][A-Za-z0-9_-]{0,63}$/), sourceSchema)],
  'expected a JSON Pointer such as /id, "$response.header.Location", or several of them by name',
);

const stepFields = {
  method: methodSchema.default('POST').describe('HTTP method. Default: `POST`.'),
  ...requestFields,
  file: fileField,
  ...answerFields,
  ...refusalFields,
};

/** A job that an upstream runs: submitted once, then asked for over HTTP. */
export const httpJobDeclarationSchema = z.strictObject({
  kind: z.literal('http_job').describe('A job that is submitted once and polled until it is done.'),
  ...commonFields,
  auth: authField,
  origins: originsField,
  idempotencyHeader: idempotencyHeaderField,
  idempotent: z
    .boolean()
    .default(false)
    .describe(
      'Whether a repeated submit does no harm: the upstream honours the idempotency key. Default: false.',
    ),
  submit: z
    .strictObject({
      ...stepFields,
      handle: handleSchema
        .optional()
        .describe(
          'Where later requests find the job: a JSON Pointer to its id, or `$response.header.NAME` of a header that has it, used ' +
            'as `{handle}`; or several by name, used as `{handle.name}`. A URL that begins with one is that of the answer. ' +
            'One of the requests must say it.',
        ),
      steps: z
        .array(z.strictObject({ ...stepFields, handle: handleSchema.optional() }))
        .default([])
        .describe(
          'Requests that follow in order, such as an upload and a start; each with the keys of `submit` up to `handle`, and ' +
            '`{handle}` of those before it. Where one fails, `cancel` is sent for what was begun. Default: none.',
        ),
      done: conditionsSchema
        .default([])
        .describe(
          'When the answer is the result at once: conditions as those of `failed`, such as `{ $statusCode: [200] }`. Default: never.',
        ),
      result: pointerSchema
        .default('')
        .describe('JSON Pointer to the result in such an answer. Default: the whole answer.'),
    })
    .describe(
      'The request that starts the job; it carries the idempotency key, which may also stand in it as `{idempotencyKey}`.',
    ),
  poll: z
    .strictObject({
      method: methodSchema.default('GET').describe('HTTP method. Default: `GET`.'),
      ...requestFields,
      ...answerFields,
      status: sourceSchema
        .optional()
        .describe(
          'Where the status of the job stands: a JSON Pointer, or `$statusCode`. Default: `done` and `failed` say it by conditions.',
        ),
      done: statusConditionsSchema.describe(
        'Values of the status that mean success, such as `[succeeded]`, or conditions as those of `submit.failed`, such as ' +
          '`{ /state: [TERMINATED], /outcome: [SUCCESS] }`; one must be met.',
      ),
      failed: statusConditionsSchema
        .default([])
        .describe(
          'Values or conditions that mean failure, such as `[failed, expired]`; they precede those of `done`. Default: none.',
        ),
      running: statusConditionsSchema
        .optional()
        .describe(
          'Values or conditions that mean that the job runs; an answer with none of the three is looked at again, and never taken ' +
            'for the end. Default: whatever is neither done nor failed.',
        ),
      handle: handleSchema
        .optional()
        .describe(
          'What later requests use from then on, where the answer has it: a location that moves, or one of the result. Default: ' +
            'as the submit said.',
        ),
      result: pointerSchema
        .default('')
        .describe('JSON Pointer to the result of a done job. Default: the whole answer.'),
      error: pointerSchema
        .optional()
        .describe(
          'JSON Pointer to what a failed job says of its failure. Default: the whole answer.',
        ),
      progress: pointerSchema
        .optional()
        .describe('JSON Pointer to a number that says how far the job is. Default: unknown.'),
      progressScale: z
        .union([z.literal(1), z.literal(100), pointerSchema.min(1)])
        .default(1)
        .describe(
          'What the progress counts to: 1 for a fraction, 100 for percent, or a JSON Pointer to the whole. Default: 1.',
        ),
      ...pollingSchema.shape,
    })
    .optional()
    .describe(
      'One poll of the job; `{handle}` stands beside the parameters. `Retry-After` is honoured. Only a job with `callback` may ' +
        'have none.',
    ),
  callback: callbackField,
  result: z
    .strictObject({
      method: methodSchema.default('GET').describe('HTTP method. Default: `GET`.'),
      ...requestFields,
      ...answerFields,
      ...refusalFields,
      ...resultFields,
    })
    .optional()
    .describe(
      'A request of its own for the result of a done job. Default: the result is part of the last poll.',
    ),
  cancel: z
    .strictObject({
      method: methodSchema.describe('HTTP method, usually `DELETE` or `POST`.'),
      ...requestFields,
      ...answerFields,
      ...refusalFields,
    })
    .optional()
    .describe(
      'Asks the upstream to stop; 404, 409 and 410 mean that there is nothing left to stop. Default: none.',
    ),
});

/** A declared job as people write it. */
export type HttpJobDeclaration = z.input<typeof httpJobDeclarationSchema>;

/** The same, checked, with every default. */
export type ParsedHttpJobDeclaration = z.output<typeof httpJobDeclarationSchema>;
