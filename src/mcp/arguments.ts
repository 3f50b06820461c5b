// Arguments of a tool, parsed. Models and clients are forgiven what does no harm (an explicit null, telemetry among the
// arguments, a number as text); everything else that does not fit is refused, every path at once.
import type * as z from 'zod';
import type { OperationError } from '../contract/errors.ts';
import { isExactNumber } from '../contract/json/exact-number.ts';
import { isJsonObject, type JsonObject } from '../contract/json.ts';
import { forgive, tidyArguments } from './forgive.ts';
import { checkJsonShape } from '../operations/schema/parameters.ts';
import { createIssuesError, toIssues, type Issue } from '../operations/schema/issues.ts';

export interface Explanation {
  /** What else is wrong, that the schema of the tool cannot see. */
  readonly issues?: readonly Issue[];
  readonly details?: JsonObject;
}

/**
 * @param shown the schema, as JSON Schema
 * @throws {OperationError} INVALID_PARAMETERS, with every offending path in the details
 */
export function parseArguments<Schema extends z.ZodType>(
  tool: string,
  schema: Schema,
  shown: JsonObject,
  raw: unknown,
  explain?: (args: JsonObject) => Explanation,
): z.output<Schema> {
  const given = tidyArguments(cleanArguments(tool, raw), shown);
  const asGiven = schema.safeParse(given);
  if (asGiven.success) return asGiven.data;
  const args = withPlainNumbers(forgive(given, shown) as JsonObject);
  const parsed = schema.safeParse(args);
  if (parsed.success) return parsed.data;
  const { issues = [], details } = explain?.(args) ?? {};
  const all = [...parsed.error.issues.flatMap(toIssues), ...issues];
  throw createArgumentRefusal(tool, all, details);
}

/** The arguments of a tool of ours count seconds and elements: what they carry for an operation lies deeper. */
function withPlainNumbers(args: JsonObject): JsonObject {
  if (!Object.values(args).some(isExactNumber)) return args;
  return Object.fromEntries(
    Object.entries(args).map(([name, value]) => [
      name,
      isExactNumber(value) ? Number(value.rawJSON) : value,
    ]),
  );
}

/**
 * Arguments without what clients add to them: `_meta`, and null where it means that nothing was given.
 *
 * @param keepsNull whether null is a value of the argument of this name; by default it never is
 * @throws {OperationError} INVALID_PARAMETERS, when they are no object or no JSON that can be kept
 */
export function cleanArguments(
  tool: string,
  raw: unknown,
  keepsNull: (name: string) => boolean = () => false,
): JsonObject {
  if (raw === undefined || raw === null) return {};
  if (!isJsonObject(raw)) {
    throw createArgumentRefusal(tool, [{ path: '/', message: 'expected an object' }]);
  }
  checkJsonShape(raw);
  // Clients that make optional arguments "required and nullable" send null for absent; tracing puts `_meta` here.
  const given = Object.entries(raw);
  const kept = given.filter(
    ([name, value]) => name !== '_meta' && (value !== null || keepsNull(name)),
  );
  return kept.length === given.length ? raw : Object.fromEntries(kept);
}

export function createArgumentRefusal(
  tool: string,
  issues: readonly Issue[],
  more?: JsonObject,
): OperationError {
  return createIssuesError(
    `arguments of ${tool}`,
    issues.map(({ path, message }) => ({ path: path || '/', message })),
    more,
  );
}
