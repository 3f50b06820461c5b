// Arguments of a tool, parsed. Models and clients are forgiven what does no harm (an explicit null, telemetry among the
// arguments); everything else that does not fit is refused, every path at once.
import type * as z from 'zod';
import { OperationError } from '../contract/errors.ts';
import { isExactNumber } from '../contract/exact-number.ts';
import { isJsonObject, type Json, type JsonObject } from '../contract/json.ts';
import { cut } from '../contract/text.ts';
import { checkJsonShape } from '../operations/schema/parameters.ts';
import type { Issue } from '../operations/schema/parse.ts';

/** What a tool adds to the refusal of its arguments. */
export interface Explanation {
  /** What else is wrong, that the schema of the tool cannot see. */
  readonly issues?: readonly Issue[];
  readonly details?: JsonObject;
}

/**
 * Parses the arguments of a call.
 *
 * @throws {OperationError} INVALID_PARAMETERS, with every offending path in the details
 */
export function parseArguments<Schema extends z.ZodType>(
  tool: string,
  schema: Schema,
  raw: unknown,
  explain?: (args: JsonObject) => Explanation,
): z.output<Schema> {
  const args = withPlainNumbers(cleanArguments(tool, raw));
  const parsed = schema.safeParse(args);
  if (parsed.success) return parsed.data;
  const { issues = [], details } = explain?.(args) ?? {};
  const all = [...parsed.error.issues.flatMap(toIssues), ...issues];
  throw createArgumentRefusal(tool, all, details);
}

/** The arguments of a tool of ours count seconds and elements: what they carry for an operation lies deeper. */
function withPlainNumbers(args: JsonObject): JsonObject {
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
  return Object.fromEntries(
    Object.entries(raw).filter(
      ([name, value]) => name !== '_meta' && (value !== null || keepsNull(name)),
    ),
  );
}

function toIssues(issue: z.core.$ZodIssue): Issue[] {
  const path = issue.path.map(toStep).join('');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: `${path}${toStep(key)}`, message: 'unknown field' }));
  }
  return [{ path: path || '/', message: issue.message }];
}

function toStep(key: PropertyKey): string {
  return `/${cut(String(key), 80)}`;
}

/** Issues that a refusal lists: whoever sends more has not read the schema. */
const LISTED = 20;

/** The refusal of arguments that do not fit. */
export function createArgumentRefusal(
  tool: string,
  issues: readonly Issue[],
  more?: JsonObject,
): OperationError {
  const listed = issues.slice(0, LISTED);
  const said = listed.map(({ path, message }) => `${path}: ${message}`).join('; ');
  const rest = issues.length > LISTED ? `; and ${issues.length - LISTED} more` : '';
  return new OperationError('INVALID_PARAMETERS', `arguments of ${tool}: ${said}${rest}`, {
    details: { issues: listed as unknown as Json, ...more },
  });
}
