// Numbers of JSON that no number of JavaScript holds: an id beyond 2^53, a decimal of twenty digits. They are kept as they
// were written, in the form in which `JSON.stringify` prints them so. Invariant: what is no exact number loses nothing as a
// plain one.
import { compareDecimals, parseDecimal, toDecimalText, type Decimal } from './decimal.ts';

declare const kind: unique symbol;

/** A number as it was written in JSON, where a plain number would lose digits. */
export interface ExactNumber {
  readonly rawJSON: string;
  readonly [kind]: 'exact number';
}

/** What the platform has, and its types do not know yet. Source: ECMAScript 2026, JSON.parse source text access. */
const platform = JSON as unknown as {
  readonly isRawJSON: (value: unknown) => boolean;
  readonly rawJSON: (source: string) => ExactNumber;
  readonly parse: (
    text: string,
    revive: (key: string, value: unknown, context: { readonly source?: string }) => unknown,
  ) => unknown;
};

/** Whether a value is an exact number; of this realm or another one. */
export function isExactNumber(value: unknown): value is ExactNumber {
  return platform.isRawJSON(value);
}

/** The number that a literal of JSON stands for: a plain one wherever that loses nothing. */
export function toExactNumber(source: string): number | ExactNumber {
  const meant = toDecimalText(parseDecimal(source));
  const plain = Number(source);
  const isWhole = Number.isFinite(plain) && toDecimalText(parseDecimal(String(plain))) === meant;
  return isWhole ? plain : platform.rawJSON(source);
}

/** Whether a text may hold a number that is not plain: 15 digits, or an exponent of two, always are. */
const SUSPICIOUS = /\d[\d.]{15}|\d[eE][-+]?\d{3}/;

/**
 * `JSON.parse`, without the loss.
 *
 * @throws {SyntaxError} when the text is no JSON
 * @throws {RangeError} when it is nested so deeply that it cannot be walked
 */
export function parseJson(text: string): unknown {
  if (!SUSPICIOUS.test(text)) return JSON.parse(text);
  return platform.parse(text, (_key, value, { source }) =>
    typeof value === 'number' && source !== undefined ? toExactNumber(source) : value,
  );
}

/** The same; `undefined` for a text that is no JSON. */
export function parseJsonOrNot(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

export type Numeric = number | ExactNumber;

export function isNumber(value: unknown): value is Numeric {
  return typeof value === 'number' || isExactNumber(value);
}

export function toDecimal(value: Numeric): Decimal {
  return parseDecimal(typeof value === 'number' ? String(value) : value.rawJSON);
}

/** Below zero where the first is less than the second, above where it is greater. */
export function compareNumbers(one: Numeric, other: Numeric): number {
  if (typeof one === 'number' && typeof other === 'number') return Math.sign(one - other);
  return compareDecimals(toDecimal(one), toDecimal(other));
}

/** One text for each number that is not plain: equal where the values are. */
export function toDigits(value: ExactNumber): string {
  return toDecimalText(parseDecimal(value.rawJSON));
}
