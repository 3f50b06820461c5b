// An error of the table as JSON.
import * as z from 'zod';
import { ERRORS, type ErrorCode, type TaskError } from '../contract/errors.ts';
import type { Json } from '../contract/json.ts';

/** An error, with the names it has on the wire. */
export const errorAnswerSchema = z.strictObject({
  code: z.enum(Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]]),
  message: z.string(),
  retryable: z.boolean(),
  retry_after_ms: z.number().optional(),
  details: (z.any() as z.ZodType<Json>).optional(),
});

export type ErrorAnswer = z.infer<typeof errorAnswerSchema>;

export function toErrorAnswer(error: TaskError): ErrorAnswer {
  const { code, message, retryable, retryAfterMs, details } = error;
  return {
    code,
    message,
    retryable,
    ...(retryAfterMs !== undefined && { retry_after_ms: retryAfterMs }),
    ...(details !== undefined && { details }),
  };
}
