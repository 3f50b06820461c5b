// Numbers that no number of JavaScript holds, before code sees them: it would take them for something else, or round them.
// Where JSON is only handed on they need no such care.
import { OperationError } from '../../contract/errors.ts';
import { findExactNumbers } from '../../contract/find-exact-numbers.ts';
import type { Json } from '../../contract/json.ts';
import { toPointer, type Issue } from './parse.ts';

/** What is wrong with them, where code is to take them. */
export function toExactNumberIssues(value: Json): readonly Issue[] {
  return findExactNumbers(value).map((path) => ({
    path: toPointer(path),
    message:
      'this number has more digits than can be taken here without loss; where text is accepted, send it as text, in quotes',
  }));
}

/**
 * Refuses parameters that code could not read.
 *
 * @throws {OperationError} INVALID_PARAMETERS, with every such number in the details
 */
export function refuseExactNumbers(name: string, parameters: Json): void {
  const issues = toExactNumberIssues(parameters);
  if (issues.length === 0) return;
  const said = issues.map(({ path, message }) => `${path}: ${message}`).slice(0, 20);
  throw new OperationError('INVALID_PARAMETERS', `parameters of ${name}: ${said.join('; ')}`, {
    details: { issues: issues.slice(0, 20).map((issue) => ({ ...issue })) },
  });
}
