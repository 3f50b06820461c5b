// Numbers that no number of JavaScript holds, before code sees them: it would take them for something else, or round them.
// Where JSON is only handed on they need no such care.
import { findExactNumbers } from '../../contract/json/find-exact-numbers.ts';
import type { Json } from '../../contract/json.ts';
import { createIssuesError, toPointer, type Issue } from './issues.ts';

/** What is wrong with them, where code is to take them. */
export function toExactNumberIssues(value: Json): readonly Issue[] {
  return findExactNumbers(value).map((path) => ({
    path: toPointer(path),
    message:
      'this number has more digits than can be taken here without loss; where text is accepted, send it as text, in quotes',
  }));
}

/** @throws {OperationError} INVALID_PARAMETERS, with every such number in the details */
export function refuseExactNumbers(name: string, parameters: Json): void {
  const issues = toExactNumberIssues(parameters);
  if (issues.length > 0) throw createIssuesError(`parameters of ${name}`, issues);
}
