// Where numbers stand that no number of JavaScript holds.
import { isExactNumber } from './exact-number.ts';
import { isJsonObject } from '../json.ts';

/** Their paths, in order. */
export function findExactNumbers(
  value: unknown,
  path: readonly string[] = [],
): readonly (readonly string[])[] {
  if (isExactNumber(value)) return [path];
  if (!isJsonObject(value) && !Array.isArray(value)) return [];
  return Object.entries(value).flatMap(([key, item]) => findExactNumbers(item, [...path, key]));
}
