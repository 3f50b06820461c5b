// From a declaration to an operation that is one HTTP exchange.
import type { Operation } from '../operation.ts';
import type { HttpDeclaration } from './declaration.ts';

/** Values of `${env:NAME}` at the very beginning of a URL: configuration, resolved once. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Defines an operation that is one HTTP exchange.
 *
 * @param name the operation's name; in a configuration file, the key of its entry
 * @param environment values of `${env:NAME}` at the very beginning of a URL; every other reference is read at the
 *   moment of use
 * @throws {TypeError} when the declaration cannot be used; the message says why
 */
export function defineHttpOperation(
  name: string,
  declaration: HttpDeclaration,
  environment: Environment = {},
): Operation {
  throw new TypeError(`operation ${name}: ${declaration.kind} ${Object.keys(environment).length}`);
}
