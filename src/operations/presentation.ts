// How an operation shows itself as a tool of its own: title, annotations, and how long a call of it waits inline.
import * as z from 'zod';
import type { Operation } from './operation.ts';
import { parseOption } from './schema/issues.ts';

const TAG = /^[\p{L}\p{N}_-]{1,32}$/u;

/** What an operation may say of itself for clients; every field is optional. */
export const presentationFields = {
  title: z
    .string()
    .min(1)
    .max(100)
    .optional()
    .describe(
      'Name for people, at most 100 characters. Default: the name in words, such as `Monthly report`.',
    ),
  hints: z
    .strictObject({
      readOnly: z.boolean().optional().describe('It changes nothing.'),
      destructive: z.boolean().optional().describe('It may destroy or overwrite something.'),
      openWorld: z
        .boolean()
        .optional()
        .describe('It deals with systems outside of this installation.'),
    })
    .optional()
    .describe(
      'What a client may assume before it calls: `readOnly` (default false; true for the HTTP methods GET, HEAD and ' +
        'OPTIONS), `destructive` (default true unless read-only), `openWorld` (default true).',
    ),
  tags: z
    .array(z.string().regex(TAG, 'expected 1 to 32 letters, digits, "_" and "-"'))
    .max(10)
    .optional()
    .describe(
      'Words by which an agent narrows the list of operations, such as `finance`: at most 10, each of 1 to 32 letters, digits, ' +
        '`_` and `-`. Default: none.',
    ),
  inlineWaitSeconds: z
    .number()
    .min(0)
    .max(300)
    .optional()
    .describe(
      'How long a call of the tool of this name waits for the result before it answers with a handle, in seconds, 0 to 300. ' +
        'Default: `tools.inlineWaitSeconds`.',
    ),
  taskSupport: z
    .enum(['optional', 'required'])
    .optional()
    .describe(
      '`required` refuses a call of the tool of this name by a client of 2026-07-28 that does not take tasks, instead of ' +
        'answering it with a handle; all other ways stay open. Default: `optional`.',
    ),
};

const schema = z.strictObject(presentationFields);

/** What an operation may say of itself for clients. */
export type PresentationOptions = z.input<typeof schema>;

/** The same, decided. */
export type Presentation = Pick<
  Operation,
  'title' | 'hints' | 'tags' | 'inlineWaitMs' | 'taskSupport'
>;

/** @throws {TypeError} when an option cannot be used; the message says why */
export function resolvePresentation(name: string, options: PresentationOptions): Presentation {
  const said = parseOption(name, schema, options);
  const { title, hints, tags = [], inlineWaitSeconds, taskSupport = 'optional' } = said;
  const readOnly = hints?.readOnly ?? false;
  return {
    title: title ?? toWords(name),
    hints: {
      readOnly,
      destructive: hints?.destructive ?? !readOnly,
      openWorld: hints?.openWorld ?? true,
    },
    tags,
    inlineWaitMs: inlineWaitSeconds === undefined ? null : Math.round(inlineWaitSeconds * 1000),
    taskSupport,
  };
}

/** `monthlyReport`, `monthly_report` and `monthly-report` alike as `Monthly report`. */
function toWords(name: string): string {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .split(/[\s_-]+/)
    .filter((word) => word !== '')
    .join(' ')
    .toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
