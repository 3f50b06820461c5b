// What people write under `callback` of a declared job: how the upstream reports the end of a job itself.
import * as z from 'zod';
import { statusConditionsSchema } from '../http/condition.ts';
import { pointerSchema } from '../http/exchange-declaration.ts';
import { sourceSchema } from '../http/source.ts';

const SECRET = /^(?:env|file):.+$/;

const secret = z
  .string()
  .regex(SECRET, 'a secret is named, never written down: env:NAME or file:path');

const verifySchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('look') }),
  z.strictObject({ type: z.literal('address') }),
  z.strictObject({ type: z.literal('standardWebhooks'), secret }),
  z.strictObject({
    type: z.literal('hmac'),
    header: z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}$/),
    secret,
    algorithm: z.enum(['sha1', 'sha256', 'sha512']).default('sha256'),
    encoding: z.enum(['hex', 'base64']).default('hex'),
    prefix: z.string().max(32).default(''),
  }),
]);

export const callbackField = z
  .strictObject({
    verify: verifySchema
      .optional()
      .describe(
        'How a callback proves itself: `{ type: look }`, the job is polled and the callback says only when; ' +
          '`{ type: standardWebhooks, secret }`; `{ type: hmac, header, secret, algorithm?: sha256, sha1 or sha512, encoding?: hex or ' +
          'base64, prefix? }`, of the body; `{ type: address }`, nobody else knows the address. Secrets by reference, as `env:NAME` or ' +
          '`file:path`. Default: `look` where the job has `poll`, otherwise `address`.',
      ),
    status: sourceSchema
      .optional()
      .describe('Where the body has the status of the job. Default: conditions say it.'),
    done: statusConditionsSchema
      .default([])
      .describe(
        'Values or conditions that mean success, as those of `poll`. Default: every callback.',
      ),
    failed: statusConditionsSchema
      .default([])
      .describe(
        'Values or conditions that mean failure; they precede those of `done`. Default: none.',
      ),
    result: pointerSchema
      .default('')
      .describe('JSON Pointer to the result. Default: the whole body.'),
    error: pointerSchema
      .optional()
      .describe('JSON Pointer to what a failed job says of its failure. Default: the whole body.'),
  })
  .optional()
  .describe(
    'The upstream calls back when the job has ended, at the address that the submit sends as `{callback_url}`. What cannot be ' +
      'verified or read is passed over, and `poll`, where there is one, goes on beside it.',
  );

/** How callbacks are understood, parsed. */
export type CallbackDeclaration = NonNullable<z.output<typeof callbackField>>;
export type Verify = NonNullable<CallbackDeclaration['verify']>;
