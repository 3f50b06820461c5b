// Arguments of a tool, parsed. Models and clients are forgiven what does no harm (an explicit null, telemetry among the
// arguments); everything else that does not fit is refused, every path at once.
import type * as z from 'zod';
import { OperationError } from '../contract/errors.ts';
import { isJsonObject, type Json, type JsonObject } from '../contract/json.ts';
import { checkJsonShape } from '../operations/parameters.ts';

interface Issue {
  readonly path: string;
  readonly message: string;
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
  explain?: (args: JsonObject) => JsonObject,
): z.output<Schema> {
  const args = toArguments(tool, raw);
  const parsed = schema.safeParse(args);
  if (parsed.success) return parsed.data;
  throw createRefusal(tool, parsed.error.issues.flatMap(toIssues), explain?.(args));
}

function toArguments(tool: string, raw: unknown): JsonObject {
  if (raw === undefined || raw === null) return {};
  if (!isJsonObject(raw)) {
    throw createRefusal(tool, [{ path: '/', message: 'expected an object' }]);
  }
  checkJsonShape(raw);
  // Clients that make optional arguments "required and nullable" send null for absent; tracing puts `_meta` here.
  return Object.fromEntries(
    Object.entries(raw).filter(([name, value]) => value !== null && name !== '_meta'),
  );
}

function toIssues(issue: z.core.$ZodIssue): Issue[] {
  const path = issue.path.map((step) => `/${String(step)}`).join('');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: `${path}/${key}`, message: 'unknown field' }));
  }
  return [{ path: path || '/', message: issue.message }];
}

function createRefusal(tool: string, issues: readonly Issue[], more?: JsonObject): OperationError {
  const listed = issues.map(({ path, message }) => `${path}: ${message}`).join('; ');
  return new OperationError('INVALID_PARAMETERS', `arguments of ${tool}: ${listed}`, {
    details: { issues: issues as unknown as Json, ...more },
  });
}
