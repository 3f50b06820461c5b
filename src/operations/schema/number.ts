// A number in JSON Schema, as a zod schema. Whatever its digits, it is held against the bounds by its value.
import * as z from 'zod';
import { isInteger, isMultipleOf, type Decimal } from '../../contract/json/decimal.ts';
import {
  compareNumbers,
  isNumber,
  toDecimal,
  type Numeric,
} from '../../contract/json/exact-number.ts';
import type { Json, JsonObject } from '../../contract/json.ts';

type Check = (value: Numeric) => string | null;

const BOUNDS = {
  minimum: { size: 'small', sign: '>=', holds: (order: number) => order >= 0 },
  exclusiveMinimum: { size: 'small', sign: '>', holds: (order: number) => order > 0 },
  maximum: { size: 'big', sign: '<=', holds: (order: number) => order <= 0 },
  exclusiveMaximum: { size: 'big', sign: '<', holds: (order: number) => order < 0 },
};

/** The keywords whose value is a number. */
export const NUMBER_KEYWORDS: readonly string[] = [...Object.keys(BOUNDS), 'multipleOf'];

export function toNumberSchema(node: JsonObject): z.ZodType<Json> {
  const checks: Check[] = [...toBounds(node), ...toSteps(node)];
  return z.any().check(({ value, issues }) => {
    if (!isNumber(value)) {
      issues.push({ code: 'invalid_type', expected: 'number', input: value });
      return;
    }
    if (node['type'] === 'integer' && !isWhole(value)) {
      issues.push({
        code: 'invalid_type',
        expected: 'int',
        input: value,
        message: 'Invalid input: expected int, received number',
      });
      return;
    }
    for (const check of checks) {
      const message = check(value);
      if (message !== null) issues.push({ code: 'custom', message, input: value });
    }
  });
}

function toBounds(node: JsonObject): Check[] {
  return Object.entries(BOUNDS).flatMap(([keyword, { size, sign, holds }]) => {
    const bound = node[keyword];
    if (!isNumber(bound)) return [];
    const message = `Too ${size}: expected number to be ${sign}${JSON.stringify(bound)}`;
    return [(value: Numeric) => (holds(compareNumbers(value, bound)) ? null : message)];
  });
}

function toSteps({ multipleOf: step }: JsonObject): Check[] {
  if (!isNumber(step)) return [];
  const divisor: Decimal = toDecimal(step);
  const message = `Invalid number: must be a multiple of ${JSON.stringify(step)}`;
  return [(value) => (isMultipleOf(toDecimal(value), divisor) ? null : message)];
}

function isWhole(value: Numeric): boolean {
  return typeof value === 'number' ? Number.isInteger(value) : isInteger(toDecimal(value));
}
