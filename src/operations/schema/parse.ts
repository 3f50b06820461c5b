// What crosses the boundary of an operation, parsed: parameters in, results out. A refusal names every offending path at
// once and shows the schema, so that a model can correct its call in one step.
import * as z from 'zod';
import { isDeeperThan, MAX_DEPTH } from '../../contract/json/depth.ts';
import { OperationError } from '../../contract/errors.ts';
import { isExactNumber, parseJson } from '../../contract/json/exact-number.ts';
import { findExactNumbers } from '../../contract/json/find-exact-numbers.ts';
import { isJsonObject, type Json, type JsonObject } from '../../contract/json.ts';
import { cut } from '../../contract/text.ts';
import { createIssuesError, toIssues, toPointer, type Issue } from './issues.ts';

/**
 * Parses parameters. Fields that the schema does not know are refused at any depth.
 *
 * @throws {OperationError} INVALID_PARAMETERS, with `issues` and `input_schema` in the details
 */
export function parseParameters<Schema extends z.ZodType>(
  name: string,
  schema: Schema,
  inputSchema: JsonObject,
  parameters: Json,
): z.output<Schema> {
  const parsed = schema.safeParse(parameters);
  const issues = parsed.success
    ? unknownFields(parameters, parsed.data)
    : parsed.error.issues.flatMap(toIssues);
  if (parsed.success && issues.length === 0) return parsed.data;
  throw createIssuesError(`parameters of ${name}`, issues, { input_schema: inputSchema });
}

/** @throws {OperationError} INTERNAL, when the result does not fit its schema or JSON cannot express it */
export function parseResult(name: string, schema: z.ZodType | undefined, result: unknown): Json {
  if (!schema) return toJson(name, result);
  const json = toJson(name, result);
  const parsed = schema.safeParse(json);
  const place = parsed.success && findExactNumbers(json).find((path) => isLost(path, parsed.data));
  if (place) {
    throw new OperationError(
      'INTERNAL',
      `result of ${name} does not fit its output schema: ${toPointer(place)} has more digits than zod reads; use z.unknown() there`,
    );
  }
  if (parsed.success) return toJson(name, parsed.data);
  throw new OperationError(
    'INTERNAL',
    `result of ${name} does not fit its output schema: ${cut(z.prettifyError(parsed.error), 2000)}`,
  );
}

/** Whether a schema has taken a number that is no plain one for an object, which it then copied. */
function isLost(path: readonly string[], data: unknown): boolean {
  const found = path.reduce<unknown>(
    (part, key) =>
      typeof part === 'object' && part !== null ? (part as JsonObject)[key] : undefined,
    data,
  );
  return found !== undefined && !isExactNumber(found);
}

/** A value as JSON would express it: `undefined` is null, what JSON has no word for is refused, and so is endless nesting. */
export function toJson(name: string, value: unknown): Json {
  let json: Json;
  try {
    json = parseJson(JSON.stringify(value ?? null)) as Json;
  } catch (error) {
    throw new OperationError(
      'INTERNAL',
      `${name} returned what JSON cannot carry: ${(error as Error).message}`,
    );
  }
  if (!isDeeperThan(json, MAX_DEPTH)) return json;
  throw new OperationError(
    'INTERNAL',
    `${name} returned what is nested deeper than ${MAX_DEPTH} levels`,
  );
}

/** Fields that were sent but are not in what was parsed: zod drops what a plain object does not know. */
function unknownFields(sent: unknown, parsed: unknown, path: readonly string[] = []): Issue[] {
  if (Array.isArray(sent) && Array.isArray(parsed)) {
    return sent.flatMap((item, index) =>
      unknownFields(item, parsed[index], [...path, String(index)]),
    );
  }
  if (!isJsonObject(sent) || !isJsonObject(parsed)) return [];
  return Object.entries(sent).flatMap(([key, value]) =>
    Object.hasOwn(parsed, key)
      ? unknownFields(value, parsed[key], [...path, key])
      : [{ path: toPointer([...path, key]), message: 'unknown field' }],
  );
}
