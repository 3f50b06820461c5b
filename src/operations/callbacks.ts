// Where the end of every task of an operation is POSTed, as people write it.
import * as z from 'zod';
import { SECRET_EXPECTED, SECRET_REFERENCE } from '../contract/secret-reference.ts';
import { parseWebUrl } from '../contract/web-url.ts';
import { parseOption } from './schema/issues.ts';

const URL_EXPECTED = 'an https address without user name and fragment';

/** What an address of a callback must be; whether it may be plain http is the configuration's word. */
export function isCallbackUrl(text: string): boolean {
  const url = parseWebUrl(text);
  return url !== null && text.length <= 2_000 && url.username + url.password + url.hash === '';
}

const url = z
  .string()
  .refine(isCallbackUrl, `expected ${URL_EXPECTED}`)
  .meta({ expected: URL_EXPECTED });

/** Where a secret is; never the secret itself. */
export const secretReference = z
  .string()
  .regex(SECRET_REFERENCE)
  .meta({ expected: SECRET_EXPECTED });

const callback = z.strictObject({
  url,
  secrets: z.array(secretReference).min(1).max(3).optional(),
});

export const callbacksField = z
  .array(z.union([url, callback]))
  .max(5)
  .optional()
  .describe(
    'Where the end of each task is POSTed: addresses, or `{ url, secrets }` for one with secrets of its own, at most 5. See ' +
      '[callbacks](callbacks.md). Default: nowhere.',
  );

/** Callbacks as people write them. */
export type CallbackOptions = z.input<typeof callbacksField>;

export interface OperationCallback {
  readonly url: string;
  /** References of the secrets that sign it; `null` for those of the configuration. */
  readonly secrets: readonly string[] | null;
}

/** @throws {TypeError} when one cannot be used; the message says why */
export function resolveCallbacks(
  name: string,
  options: CallbackOptions,
): readonly OperationCallback[] {
  const entries = parseOption(`${name}: callbacks`, callbacksField, options) ?? [];
  return entries.map((entry) =>
    typeof entry === 'string'
      ? { url: entry, secrets: null }
      : { url: entry.url, secrets: entry.secrets ?? null },
  );
}
