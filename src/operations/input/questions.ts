// Questions of an operation, checked before they are shown: what a client cannot show as a form fails the attempt
// that asks. Source: MCP 2026-07-28, client/elicitation, "Requested Schema".
import * as z from 'zod';
import type { InputRequests } from '../../contract/input.ts';
import { toWellFormed } from '../../contract/text.ts';
import { describeIssues } from '../schema/issues.ts';
import { readAnswerSchema } from './answers.ts';

/** Questions at once. */
const MOST_QUESTIONS = 16;

/** Largest set of questions, as JSON in bytes: it stands in the memo of the workflow, which every read returns. */
const MOST_BYTES = 16_384;

const labels = { title: z.string().optional(), description: z.string().optional() };
const length = z.int().min(0).optional();
const values = z.array(z.string()).min(1);
const titledValues = z.array(z.strictObject({ const: z.string(), title: z.string() })).min(1);

const field = z.union([
  z.strictObject({
    ...labels,
    type: z.literal('string'),
    minLength: length,
    maxLength: length,
    pattern: z.string().optional(),
    format: z.enum(['email', 'uri', 'date', 'date-time']).optional(),
    default: z.string().optional(),
  }),
  z.strictObject({
    ...labels,
    type: z.literal('string'),
    enum: values,
    enumNames: z.array(z.string()).optional(),
    default: z.string().optional(),
  }),
  z.strictObject({
    ...labels,
    type: z.literal('string'),
    oneOf: titledValues,
    default: z.string().optional(),
  }),
  z.strictObject({
    ...labels,
    type: z.enum(['number', 'integer']),
    minimum: z.number().optional(),
    maximum: z.number().optional(),
    default: z.number().optional(),
  }),
  z.strictObject({ ...labels, type: z.literal('boolean'), default: z.boolean().optional() }),
  z.strictObject({
    ...labels,
    type: z.literal('array'),
    minItems: length,
    maxItems: length,
    items: z.union([
      z.strictObject({ type: z.literal('string'), enum: values }),
      z.strictObject({ anyOf: titledValues }),
    ]),
    default: z.array(z.string()).optional(),
  }),
]);

// One sentence: what a field lacks of each of its forms would be a page.
const property = z
  .unknown()
  .refine(
    (given) => field.safeParse(given).success,
    'expected a field of a form: a string (perhaps with enum or oneOf, or format email, uri, date or date-time), a number, an integer, a ' +
      'boolean, or an array of choices',
  );

const key = z.string().regex(/^[A-Za-z0-9_.-]{1,64}$/, 'a key has 1 to 64 of A-Z a-z 0-9 _ . -');

const questionsSchema = z
  .record(
    key,
    z.strictObject({
      message: z.string().min(1).max(4096),
      requestedSchema: z.strictObject({
        $schema: z.string().optional(),
        type: z.literal('object'),
        properties: z.record(z.string(), property),
        required: z.array(z.string()).optional(),
      }),
    }),
  )
  .refine((asked) => Object.keys(asked).length > 0, 'there is no question')
  .refine(
    (asked) => Object.keys(asked).length <= MOST_QUESTIONS,
    `at most ${MOST_QUESTIONS} questions at once`,
  )
  .refine(
    (asked) => Buffer.byteLength(JSON.stringify(asked)) <= MOST_BYTES,
    `at most ${MOST_BYTES} bytes of questions at once`,
  );

/** @throws {TypeError} naming every offending path */
export function checkQuestions(asked: unknown): InputRequests {
  const parsed = questionsSchema.safeParse(asked);
  if (!parsed.success) throw new TypeError(describeIssues(parsed.error));
  const requests = toWellFormed(asked as InputRequests);
  for (const [name, { requestedSchema }] of Object.entries(requests)) {
    try {
      readAnswerSchema(requestedSchema);
    } catch (error) {
      throw new TypeError(`/${name}/requestedSchema${(error as Error).message}`, { cause: error });
    }
  }
  return requests;
}
