// A string in JSON Schema, as a zod schema.
import * as z from 'zod';
import { isExactNumber } from '../../contract/json/exact-number.ts';
import type { Json, JsonObject } from '../../contract/json.ts';
import { BoundedRegExp } from './pattern.ts';

/** RFC 3339's full-time: zod's own has no offset. */
const FULL_TIME =
  /^(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;

const FORMATS = {
  base64: () => z.base64(),
  base64url: () => z.base64url(),
  date: () => z.iso.date(),
  'date-time': () => z.iso.datetime({ offset: true }),
  duration: () => z.iso.duration(),
  email: () => z.email(),
  hostname: () => z.hostname(),
  ipv4: () => z.ipv4(),
  ipv6: () => z.ipv6(),
  time: () => z.regex(FULL_TIME),
  uri: () => z.url(),
  uuid: () => z.uuid(),
};

export const FORMAT_NAMES: readonly string[] = Object.keys(FORMATS);

/**
 * Makes the schema. What is too long is not held against the pattern.
 *
 * @throws {TypeError} when the pattern cannot be used
 */
export function toStringSchema({
  format,
  minLength,
  maxLength,
  pattern,
}: JsonObject): z.ZodType<Json> {
  const checks: z.core.CheckFn<string>[] = [];
  let schema = z.string({
    error: ({ input }) =>
      isExactNumber(input) ? 'Invalid input: expected string, received number' : undefined,
  });
  if (isFormat(format)) schema = schema.check(FORMATS[format]());
  if (typeof minLength === 'number') schema = schema.min(minLength);
  if (typeof maxLength === 'number') schema = schema.max(maxLength);
  if (typeof pattern === 'string') {
    const bounded = new BoundedRegExp(pattern);
    checks.push(({ issues, value }) => {
      if (issues.length > 0 || bounded.test(value)) return;
      const message = `Invalid string: must match pattern ${bounded.toString()}`;
      issues.push({ code: 'custom', message, input: value, continue: true });
    });
  }
  return schema.check(...checks);
}

function isFormat(format: Json | undefined): format is keyof typeof FORMATS {
  return typeof format === 'string' && Object.hasOwn(FORMATS, format);
}
