// Whether two values of JSON are the same: by value for numbers, whatever the order of keys for objects.
import { isExactNumber, toDigits } from './exact-number.ts';
import { isJsonObject, type Json } from '../json.ts';

/** One text for each value, and for equal values the same. */
export function toComparable(value: Json): string {
  if (isExactNumber(value)) return toDigits(value);
  if (Array.isArray(value)) return `[${value.map(toComparable).join()}]`;
  if (!isJsonObject(value)) return JSON.stringify(value);
  const members = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${toComparable(value[key] ?? null)}`);
  return `{${members.join()}}`;
}
