// What every declared HTTP exchange may say: that of an operation, or of a job's submit, poll and cancel. The
// descriptions are the reference: documentation tables and error messages are made from them.
import * as z from 'zod';
import { jsonValue } from '../../schema/json-value.ts';
import { conditionsSchema } from './condition.ts';
import { sourceSchema } from './source.ts';
import { ERRORS, type ErrorCode } from '../../../contract/errors.ts';

export const methodSchema = z.enum(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'POST', 'PATCH']);

/** A method that a declaration may use. */
export type Method = z.infer<typeof methodSchema>;

const errorCodeSchema = z.enum(Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]]);

const STATUS = /^([1-5]\d\d|[1-5]xx)$/;

const statusSchema = z.union([
  z.int().min(100).max(599),
  z.string().regex(STATUS, 'expected a status such as "404" or a range such as "4xx"'),
]);

/** What is sent. */
export const requestFields = {
  url: z
    .string()
    .max(8192)
    .describe(
      'Absolute http or https URL, at most 8192 characters. `{field}` may stand in path and query, never in scheme, ' +
        'host or port; in the query, a list that is a whole value repeats its name; `{+field}` keeps the slashes of a value in the path, without segments that lead upwards; `${env:NAME}` and `${file:path}` may stand in the query, and `${env:NAME}` at the very beginning ' +
        'as configuration of scheme, host, port and base path.',
    ),
  headers: z
    .record(z.string(), z.string().max(8192))
    .default({})
    .describe(
      'Header names and templates, at most 8192 characters each. `{field}`, `${env:NAME}` and `${file:path}` may be ' +
        'used; a header whose field is absent is not sent. Default: none beside the usual ones.',
    ),
  body: jsonValue
    .optional()
    .describe(
      'Template of the content, written as the header `content-type` says: JSON of any name (the default), ' +
        '`application/x-www-form-urlencoded` and `multipart/form-data` from an object, where `{ file: "{document}" }` is a part ' +
        'that sends a file, and any other type from a text. A string that is exactly `{field}` becomes the JSON value itself, inside a longer string it is ' +
        'inserted as text; what needs an absent field is left out. Default: no body.',
    ),
};

/** What is sent where a file may be. */
export const fileField = z
  .string()
  .max(512)
  .optional()
  .describe(
    'The parameter that names a file, such as `{document}`: its bytes are the body, as a stream, with its media type ' +
      'unless `headers` says another. Not together with `body`. Default: no file.',
  );

/** Under which header the key of the request travels. */
export const idempotencyHeaderField = z
  .union([z.string().regex(/^[A-Za-z][A-Za-z0-9-]{0,63}$/), z.literal(false)])
  .default('Idempotency-Key')
  .describe(
    'Header that carries the key of the request, the same for every attempt and not to be guessed; `false` sends ' +
      'none. Default: `Idempotency-Key`.',
  );

/** How the answer is judged. */
export const answerFields = {
  success: z
    .array(statusSchema)
    .min(1)
    .default(['2xx'])
    .describe(
      'Statuses and ranges that count as success, such as `[200, "2xx"]`. Default: `["2xx"]`.',
    ),
  errors: z
    .record(
      z.string().regex(STATUS, 'expected a status such as 409 or a range such as "5xx"'),
      errorCodeSchema,
    )
    .default({})
    .describe(
      'Status or range to error code, such as `{ 409: UPSTREAM_REJECTED, "5xx": UPSTREAM_UNAVAILABLE }`; an exact ' +
        'status precedes a range. Default: 429 is RATE_LIMITED; 408, 425, 500, 502, 503 and 504 are ' +
        'UPSTREAM_UNAVAILABLE; any other failure is UPSTREAM_REJECTED.',
    ),
  maxBytes: z
    .int()
    .min(1)
    .max(67_108_864)
    .default(262_144)
    .describe(
      'Largest answer that is read, in bytes, 1 to 67108864; a larger one fails with RESULT_TOO_LARGE. Default: 262144.',
    ),
};

/** Where URLs of answers may lead. */
export const originsField = z
  .array(z.string().max(512))
  .default([])
  .describe(
    'Origins beside that of the declared URL, such as `https://files.example.com` or `${env:NAME}`, to which a URL of an ' +
      'answer or a redirect of a request without content may lead; they are asked without headers and `auth`. Default: none.',
  );

/** A JSON Pointer (RFC 6901). */
export const pointerSchema = z
  .string()
  .regex(
    /^(\/([^~/]|~[01])*)*$/,
    'expected a JSON Pointer such as "/data/0/id", or "" for the whole answer',
  );

/** Refusals within an answer that counts as success. */
export const refusalFields = {
  failed: conditionsSchema
    .default([])
    .describe(
      'When an answer with a status of success is a refusal: a condition, or a list of which one must be met, such as ' +
        '`{ /errors: present }` or `{ /code: [1, 2] }`. A condition names places (JSON Pointers, `$statusCode`, ' +
        '`$response.header.NAME`) and what each must have: a list of values, `present` (neither missing, null nor an empty text ' +
        'or list) or `absent`. It ends as UPSTREAM_REJECTED. Default: never.',
    ),
  error: pointerSchema
    .optional()
    .describe('JSON Pointer to what a refusal says. Default: the whole answer.'),
};

/** The part of an answer that is a result, or the file that its body becomes. */
export const resultFields = {
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
  pages: z
    .strictObject({
      next: sourceSchema.describe(
        'Where an answer names the next page: its URL, or the value of the parameter `query`; of the header `Link`, the ' +
          'relation `next`. The last page has none.',
      ),
      query: z
        .string()
        .regex(/^[A-Za-z0-9_.~-]{1,128}$/)
        .optional()
        .describe('Name of the parameter in the query. Default: `next` is a URL.'),
      max: z
        .int()
        .min(1)
        .max(10_000)
        .default(100)
        .describe('Most pages, 1 to 10000; more fail with RESULT_TOO_LARGE. Default: 100.'),
    })
    .optional()
    .describe('The result is a list in pages, put together. Default: one answer.'),
};
