// Secrets stay out of everything that leaves an exchange: results, messages, details. Invariant: no string that comes
// out holds a resolved secret, neither as it is, nor percent-encoded, nor escaped as in JSON.
import { OperationError } from '../../contract/errors.ts';
import { isJsonObject, type Json } from '../../contract/json.ts';

/** Replaces secrets by their references. */
export interface Redactor {
  readonly text: (text: string) => string;
  /** Every string and key within a value; numbers, booleans and null carry no secret. */
  readonly json: (value: Json) => Json;
  /** An error of the table with message and details redacted, without its cause; anything else as `INTERNAL`. */
  readonly error: (thrown: unknown) => OperationError;
}

/** Creates a redactor. */
export function createRedactor(secrets: ReadonlyMap<string, string>): Redactor {
  const marks = new Map<string, string>();
  for (const [reference, value] of secrets) {
    for (const form of formsOf(value)) marks.set(form, `[secret ${reference}]`);
  }
  const longestFirst = [...marks.keys()].sort((one, other) => other.length - one.length);
  const pattern = longestFirst.length > 0 && new RegExp(longestFirst.map(escape).join('|'), 'g');
  const text = (source: string): string =>
    pattern ? source.replaceAll(pattern, (found) => marks.get(found) ?? '') : source;
  const json = (value: Json): Json => (pattern ? mapStrings(value, text) : value);
  return {
    text,
    json,
    error: (thrown) => {
      if (!(thrown instanceof OperationError)) {
        return new OperationError(
          'INTERNAL',
          text(thrown instanceof Error ? thrown.message : String(thrown)),
        );
      }
      const { code, message, retryAfterMs, details } = thrown;
      return new OperationError(code, text(message), {
        retryAfterMs,
        details: details === undefined ? undefined : json(details),
      });
    },
  };
}

/** How a secret may stand in what an upstream answers. */
export function formsOf(value: string): string[] {
  const wellFormed = Buffer.from(value).toString();
  return [value, encodeURIComponent(wellFormed), JSON.stringify(value).slice(1, -1)].filter(
    Boolean,
  );
}

function escape(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`);
}

function mapStrings(value: Json, map: (text: string) => string): Json {
  if (typeof value === 'string') return map(value);
  if (Array.isArray(value)) return value.map((item: Json) => mapStrings(item, map));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [map(key), mapStrings(item, map)]),
  );
}
