// Any JSON as a zod schema. zod's own would copy a number that is kept as it was written as if it were an object.
import * as z from 'zod';
import { isExactNumber } from '../../contract/json/exact-number.ts';
import { isPlainObject, type Json } from '../../contract/json.ts';

export const jsonValue: z.ZodType<Json> = z.any().check(({ value, issues }) => {
  const path = findOther(value);
  if (path === null) return;
  issues.push({ code: 'custom', message: 'Invalid input: expected JSON', path, input: value });
});

/** Where something stands that JSON cannot express; `null` when nothing does. */
function findOther(value: unknown): PropertyKey[] | null {
  if (value === null || ['string', 'boolean'].includes(typeof value)) return null;
  if (typeof value === 'number') return Number.isFinite(value) ? null : [];
  if (isExactNumber(value)) return null;
  if (!Array.isArray(value) && !isPlainObject(value)) return [];
  for (const [key, item] of Object.entries(value)) {
    const inner = findOther(item);
    if (inner) return [Array.isArray(value) ? Number(key) : key, ...inner];
  }
  return null;
}
