// From a declaration to a job that an upstream runs, reached over HTTP.
import type { Operation } from '../operation.ts';
import type { HttpJobDeclaration } from './job-declaration.ts';
import type { Environment } from './operation.ts';

/**
 * Defines a job that is submitted once and polled until it is done.
 *
 * @param name the operation's name; in a configuration file, the key of its entry
 * @param environment values of `${env:NAME}` at the very beginning of a URL; every other reference is read at the
 *   moment of use
 * @throws {TypeError} when the declaration cannot be used; the message says why
 */
export function defineHttpJob(
  name: string,
  declaration: HttpJobDeclaration,
  environment: Environment = {},
): Operation {
  throw new TypeError(`operation ${name}: ${declaration.kind} ${Object.keys(environment).length}`);
}
