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

/** A text as it is, anything else as JSON. */
export function toJsonText(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Whether a value is an object with nothing but its fields: others say by themselves what they are as JSON. */
export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (!isJsonObject(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
