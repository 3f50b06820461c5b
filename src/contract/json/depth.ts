// How deeply JSON from outside may be nested: messages of callers, answers of upstreams, results. What comes after recurses
// (protocol libraries, zod, JSON.stringify), and a stack that overflows there would look like a failure of Longhaul.
import { isJsonObject } from '../json.ts';

/** Deepest nesting, in levels of objects and arrays. Parameters have their own, smaller bound and a kinder answer. */
export const MAX_DEPTH = 256;

export function isDeeperThan(value: unknown, levels: number): boolean {
  if (!isJsonObject(value) && !Array.isArray(value)) return false;
  if (levels === 0) return true;
  const inner: readonly unknown[] = Array.isArray(value) ? value : Object.values(value);
  return inner.some((one) => isDeeperThan(one, levels - 1));
}
