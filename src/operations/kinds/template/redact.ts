// Secrets stay out of everything that leaves an exchange: results, messages, details. Invariant: no string or number that comes
// out holds a resolved secret, in any of the forms that `formsOf` names; the text of a failure holds no configured base path, either.
import { OperationError } from '../../../contract/errors.ts';
import { isExactNumber, toExactNumber } from '../../../contract/json/exact-number.ts';
import { isJsonObject, type Json } from '../../../contract/json.ts';
import { messageOf } from '../../../contract/text.ts';
import { formsOf } from './secret-forms.ts';

/** Replaces secrets by their references. */
export interface Redactor {
  readonly text: (text: string) => string;
  /** Every string and key within a value, and numbers that are a secret; booleans and null hold none. */
  readonly json: (value: Json) => Json;
  /** The text of a failure: without base paths, too. */
  readonly failing: (text: string) => string;
  /** An error of the table with message and details redacted, without its cause; anything else as `INTERNAL`. */
  readonly error: (thrown: unknown) => OperationError;
}

/**
 * @param secrets by reference
 * @param basePath of a configured URL, which may be one that only its owner knows
 */
export function createRedactor(
  secrets: ReadonlyMap<string, string>,
  basePath: BasePath | null = null,
): Redactor {
  const marks = new Map<string, string>();
  const numbers = new Map<string, string>();
  for (const [reference, value] of secrets) {
    const mark = `[secret ${reference}]`;
    for (const form of formsOf(value)) marks.set(form, mark);
    if (NUMBER.test(value)) numbers.set(toWritten(value), mark);
  }
  const text = createReplacer(marks);
  const path = basePath?.path === '' ? null : basePath;
  const failing = path ? createReplacer(new Map([...pathMarks(path), ...marks])) : text;
  const json = (value: Json): Json => (marks.size > 0 ? map(value, text, numbers) : value);
  return {
    text,
    json,
    failing,
    error: (thrown) => {
      if (!(thrown instanceof OperationError)) {
        return new OperationError('INTERNAL', failing(messageOf(thrown)));
      }
      const { code, message, retryAfterMs, details } = thrown;
      return new OperationError(code, failing(message), {
        retryAfterMs,
        details: details === undefined ? undefined : map(details, failing, numbers),
      });
    },
  };
}

/** The path of a URL that comes from the environment. */
export interface BasePath {
  /** Name of the environment variable. */
  readonly name: string;
  /** Without a slash at its end; empty where there is none. */
  readonly path: string;
}

function pathMarks({ name, path }: BasePath): [string, string][] {
  return formsOf(path).map((form) => [form, `/[path of env:${name}]`]);
}

/** Shorter ones are found everywhere. */
const NUMBER = /^-?\d{4,}(\.\d+)?$/;

/** A number as JSON would have it, without zeros that lead it. */
function toWritten(secret: string): string {
  return JSON.stringify(toExactNumber(secret.replace(/^(-?)0+(?=\d)/, '$1')));
}

function createReplacer(marks: ReadonlyMap<string, string>): (text: string) => string {
  if (marks.size === 0) return (text) => text;
  const longestFirst = [...marks.keys()].sort((one, other) => other.length - one.length);
  const pattern = new RegExp(longestFirst.map(escape).join('|'), 'g');
  return (text) => text.replaceAll(pattern, (found) => marks.get(found) ?? '');
}

function escape(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`);
}

function map(
  value: Json,
  text: (text: string) => string,
  numbers: ReadonlyMap<string, string>,
): Json {
  if (typeof value === 'string') return text(value);
  if (typeof value === 'number' || isExactNumber(value)) {
    return numbers.get(JSON.stringify(value)) ?? value;
  }
  if (Array.isArray(value)) return value.map((item: Json) => map(item, text, numbers));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [text(key), map(item, text, numbers)]),
  );
}
