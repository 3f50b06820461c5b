// What is true of an answer: values at its places. All places of a condition must have one of their values; of a list of
// conditions, one must be met.
import * as z from 'zod';
import { isExactNumber } from '../../../contract/json/exact-number.ts';
import { isJsonObject, type Json } from '../../../contract/json.ts';
import type { Exchanged } from './exchange.ts';
import { isOfBody, readSource, sourceSchema } from './source.ts';

const scalarSchema = z.union([z.string(), z.number(), z.boolean(), z.null()]);

const expectedSchema = z.union([
  z.enum(['present', 'absent']),
  z.array(scalarSchema, 'expected a list of values, or present, or absent').min(1),
]);

const conditionSchema = z
  .record(sourceSchema, expectedSchema)
  .refine((condition) => Object.keys(condition).length > 0, 'a condition names at least one place');

/** Conditions as people write them: one, or a list. */
export const conditionsSchema = z
  .union([conditionSchema, z.array(conditionSchema)], 'expected a condition or a list of them')
  .transform((written) => (Array.isArray(written) ? written : [written]));

/** The same, where a value stands for one of the status. */
export const statusConditionsSchema = z
  .union(
    [conditionSchema, z.array(z.union([scalarSchema, conditionSchema]))],
    'expected a list of values, or a condition such as { /state: [done], /result: present }',
  )
  .transform((written) => (Array.isArray(written) ? written : [written]));

/** What each place must have; at least one. */
export type Condition = z.output<typeof conditionSchema>;

/** One that is met; `undefined` where none is. */
export function findMet(
  conditions: readonly (Condition | Json)[],
  answer: Exchanged,
  status?: Json,
): Condition | Json | undefined {
  return conditions.find((condition) =>
    isJsonObject(condition) ? isMet(condition as Condition, answer) : isSame(condition, status),
  );
}

function isMet(condition: Condition, answer: Exchanged): boolean {
  return Object.entries(condition).every(([source, expected]) => {
    const value = readSource(answer, source);
    if (expected === 'present') return isPresent(value);
    if (expected === 'absent') return hasPlace(answer, source) && !isPresent(value);
    return expected.some((each) => isSame(each, value));
  });
}

/** Whether there is something that a place could be absent from: a page for people has none of an answer. */
function hasPlace(answer: Exchanged, source: string): boolean {
  if (!isOfBody(source)) return true;
  const body = answer.read();
  return typeof body === 'object' && body !== null;
}

/** Whether a value says something: upstreams leave out what there is not, or write null, or an empty text or list. */
export function isPresent(value: Json | undefined): boolean {
  if (value === undefined || value === null || value === '') return false;
  return !Array.isArray(value) || value.length > 0;
}

/** Upstreams write numbers and truth values as text, and people do so in declarations. */
function isSame(expected: Json, value: Json | undefined): boolean {
  if (value === undefined) return false;
  return expected === value || toWord(expected) === toWord(value);
}

/** A value as text; one of its own, like no other, where it is no scalar or null. */
function toWord(value: Json): string | symbol {
  if (isExactNumber(value)) return JSON.stringify(value);
  return value === null || typeof value === 'object' ? Symbol() : String(value);
}
