// What JSON can hold: the only kind of data that crosses a process boundary here.
import { isExactNumber, type ExactNumber } from './json/exact-number.ts';

/** Any JSON value. */
export type Json = string | number | boolean | null | ExactNumber | readonly Json[] | JsonObject;

export interface JsonObject {
  readonly [key: string]: Json;
}

/** Whether a value is an object in JSON's sense: not null, not an array, not a number that is kept as it was written. */
export function isJsonObject(value: unknown): value is JsonObject {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !isExactNumber(value)
  );
}

/** Says of a list what it holds, which `Array.isArray` does not of a read-only one. */
export function isJsonArray(value: unknown): value is readonly Json[] {
  return Array.isArray(value);
}
