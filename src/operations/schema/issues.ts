// What a schema finds wrong with JSON, as path and message: in refusals of calls, and in errors of configurations.
import * as z from 'zod';
import { OperationError } from '../../contract/errors.ts';
import type { JsonObject } from '../../contract/json.ts';
import { toPointerStep } from '../../contract/json/pointer.ts';
import { cut } from '../../contract/text.ts';

/** What is wrong, and where. */
export interface Issue {
  /** JSON Pointer; empty for the whole. */
  readonly path: string;
  readonly message: string;
}

/** What a schema found, in one line: every path with its message. */
export function describeIssues({ issues }: z.core.$ZodError): string {
  return issues.flatMap(toIssues).map(toWords).join('; ');
}

export function toIssues(issue: z.core.$ZodIssue): Issue[] {
  const path = toPointer(issue.path);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      path: toPointer([...issue.path, key]),
      message: 'unknown field',
    }));
  }
  if (issue.code === 'invalid_key') {
    const why = issue.issues.map(({ message }) => message).join(', ');
    return [{ path, message: `${issue.message}: ${why}` }];
  }
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const branches = issue.errors.map((errors) =>
      errors.flatMap(toIssues).slice(0, 5).map(toWords).join(', '),
    );
    return [{ path, message: `${issue.message}: ${branches.join(' | or ')}` }];
  }
  return [{ path, message: issue.message }];
}

/** Issues that a refusal lists; a long array of wrong elements would otherwise flood the model. */
const LISTED = 20;

/**
 * @param what stands before the issues, such as `parameters of sleep`
 * @param details stand beside the issues in the details of the error
 */
export function createIssuesError(
  what: string,
  issues: readonly Issue[],
  details: JsonObject = {},
): OperationError {
  const listed = issues.slice(0, LISTED);
  const more = issues.length > LISTED ? `; and ${issues.length - LISTED} more` : '';
  return new OperationError(
    'INVALID_PARAMETERS',
    `${what}: ${listed.map(toWords).join('; ')}${more}`,
    { details: { issues: listed.map((issue) => ({ ...issue })), ...details } },
  );
}

function toWords({ path, message }: Issue): string {
  return path ? `${path}: ${message}` : message;
}

/** A path as a JSON Pointer, each step cut after 80 characters. */
export function toPointer(path: readonly PropertyKey[]): string {
  return path.map((key) => toPointerStep(cut(String(key), 80))).join('');
}

/** @throws {TypeError} naming the place, such as `sleep: policy`, and what is wrong there */
export function parseOption<Schema extends z.ZodType>(
  place: string,
  schema: Schema,
  value: unknown,
  describe: (error: z.ZodError) => string = z.prettifyError,
): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new TypeError(`operation ${place}: ${describe(parsed.error)}`);
}
