// A job declared without code: the schema of what people write under `operations` with `kind: http_job`.
import * as z from 'zod';
import { pollingSchema } from '../../polling.ts';
import { commonFields } from '../common.ts';
import {
  answerFields,
  idempotencyHeaderField,
  methodSchema,
  pointerSchema,
  requestFields,
} from '../http/exchange-declaration.ts';

const statusValues = z.array(z.union([z.string(), z.number(), z.boolean(), z.null()])).min(1);

/** A job that an upstream runs: submitted once, then asked for over HTTP. */
export const httpJobDeclarationSchema = z.strictObject({
  kind: z.literal('http_job').describe('A job that is submitted once and polled until it is done.'),
  ...commonFields,
  idempotencyHeader: idempotencyHeaderField,
  idempotent: z
    .boolean()
    .default(false)
    .describe(
      'Whether a repeated submit does no harm: the upstream honours the idempotency key. Default: false.',
    ),
  submit: z
    .strictObject({
      method: methodSchema.default('POST').describe('HTTP method. Default: `POST`.'),
      ...requestFields,
      ...answerFields,
      handle: pointerSchema.describe(
        'JSON Pointer to the id of the job; later requests use it as `{handle}`.',
      ),
    })
    .describe('The request that starts the job; it carries the idempotency key.'),
  poll: z
    .strictObject({
      method: methodSchema.default('GET').describe('HTTP method. Default: `GET`.'),
      ...requestFields,
      ...answerFields,
      status: pointerSchema.describe('JSON Pointer to the status of the job.'),
      done: statusValues.describe('Values of the status that mean success, such as `[succeeded]`.'),
      failed: statusValues.describe(
        'Values of the status that mean failure, such as `[failed, expired]`.',
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
        .union([z.literal(1), z.literal(100)])
        .default(1)
        .describe('What the progress counts to: 1 for a fraction, 100 for percent. Default: 1.'),
      ...pollingSchema.shape,
    })
    .describe(
      'One poll of the job; `{handle}` stands beside the parameters. `Retry-After` is honoured.',
    ),
  cancel: z
    .strictObject({
      method: methodSchema.describe('HTTP method, usually `DELETE` or `POST`.'),
      ...requestFields,
      ...answerFields,
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
