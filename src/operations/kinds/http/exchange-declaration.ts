// What every declared HTTP exchange may say: that of an operation, or of a job's submit, poll and cancel. The
// descriptions are the reference: documentation tables and error messages are made from them.
import * as z from 'zod';
import { jsonValue } from '../../schema/json-value.ts';
import { ERRORS, type ErrorCode } from '../../../contract/errors.ts';

/** Methods that a declaration may use. */
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
        'host or port; `${env:NAME}` and `${file:path}` may stand in the query, and `${env:NAME}` at the very beginning ' +
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
      'JSON template. A string that is exactly `{field}` becomes the JSON value itself, inside a longer string it is ' +
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

/** A JSON Pointer (RFC 6901). */
export const pointerSchema = z
  .string()
  .regex(
    /^(\/([^~/]|~[01])*)*$/,
    'expected a JSON Pointer such as "/data/0/id", or "" for the whole answer',
  );
