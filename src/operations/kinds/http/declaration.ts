// An HTTP operation declared without code: the schema of what people write under `operations` with `kind: http`.
import * as z from 'zod';
import { authField } from '../auth/auth-declaration.ts';
import { commonFields } from '../common.ts';
import {
  answerFields,
  fileField,
  idempotencyHeaderField,
  methodSchema,
  originsField,
  refusalFields,
  requestFields,
  resultFields,
} from './exchange-declaration.ts';

/** An operation that is one HTTP exchange. */
export const httpDeclarationSchema = z.strictObject({
  kind: z.literal('http').describe('One HTTP request, answered with the result.'),
  ...commonFields,
  auth: authField,
  origins: originsField,
  idempotencyHeader: idempotencyHeaderField,
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
      ...refusalFields,
      ...resultFields,
    })
    .prefault({})
    .describe(
      'How the answer is judged, and which part of it is the result. Default: 2xx, the whole answer.',
    ),
});

/** An HTTP operation as people write it. */
export type HttpDeclaration = z.input<typeof httpDeclarationSchema>;

/** The same, checked, with every default. */
export type ParsedHttpDeclaration = z.output<typeof httpDeclarationSchema>;
