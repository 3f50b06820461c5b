// The shape of parameters before any schema sees them: no key that pollutes a prototype, no nesting that overflows a
// stack further on, no half of a surrogate pair. Iterative for the same reason.
import type { OperationError } from '../../contract/errors.ts';
import { isJsonObject } from '../../contract/json.ts';
import { ILL_FORMED } from '../../contract/text.ts';
import { createIssuesError, toPointer } from './issues.ts';

/** Deepest nesting of parameters: objects and arrays within each other. */
const MAXIMUM_DEPTH = 64;

interface Node {
  readonly value: object;
  readonly depth: number;
  readonly key: string;
  readonly parent: Node | null;
}

/**
 * Checks the shape of parameters, whatever their schema.
 *
 * @throws {OperationError} INVALID_PARAMETERS, naming the path: for a key `__proto__`, for `constructor.prototype`, for
 *   nesting deeper than 64, and for half a surrogate pair
 */
export function checkJsonShape(value: unknown): void {
  const open: Node[] = [];
  const visit = (child: unknown, key: string, parent: Node | null): void => {
    if (!isJsonObject(child) && !Array.isArray(child)) return;
    open.push({ value: child, depth: (parent?.depth ?? 0) + 1, key, parent });
  };
  visit(value, '', null);
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (node.depth > MAXIMUM_DEPTH) throw refuse(node, `is nested deeper than ${MAXIMUM_DEPTH}`);
    for (const [key, child] of Object.entries(node.value)) {
      if (key === '__proto__' || (key === 'prototype' && node.key === 'constructor')) {
        throw refuse({ value: node.value, depth: 0, key, parent: node }, 'this key is not allowed');
      }
      if (!key.isWellFormed() || (typeof child === 'string' && !child.isWellFormed())) {
        throw refuse({ value: node.value, depth: 0, key, parent: node }, ILL_FORMED);
      }
      visit(child, key, node);
    }
  }
}

function refuse(node: Node, message: string): OperationError {
  const keys: string[] = [];
  for (let at = node; at.parent !== null; at = at.parent) keys.push(at.key);
  return createIssuesError('parameters', [{ path: toPointer(keys.reverse()), message }]);
}
