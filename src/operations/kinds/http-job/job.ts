// From a declaration to a job that an upstream runs, reached over HTTP. Only the submit carries the idempotency key: an
// upstream that honours keys would answer every poll under the same key with its first answer.
import type { JsonObject } from '../../../contract/json.ts';
import { createOperation } from '../../create.ts';
import type { Operation } from '../../operation.ts';
import { parseDeclaration, readCommon } from '../common.ts';
import type { Environment } from '../kind.ts';
import { readJob } from './declared-job.ts';
import {
  httpJobDeclarationSchema,
  type HttpJobDeclaration,
  type ParsedHttpJobDeclaration,
} from './job-declaration.ts';
import { createJobSteps } from './job-steps.ts';

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
  return createHttpJob(
    name,
    parseDeclaration(name, httpJobDeclarationSchema, declaration),
    environment,
  );
}

/** The same of a declaration that was parsed. */
export function createHttpJob(
  name: string,
  declared: ParsedHttpJobDeclaration,
  environment: Environment,
): Operation {
  const { parse, parseResult, acceptWith, ...parts } = readCommon(name, declared);
  const job = readJob(name, declared, environment, { parse, inputSchema: parts.inputSchema });
  return createOperation({
    ...parts,
    idempotent: declared.idempotent,
    accept: acceptWith((parsed) => {
      job.check(parsed as JsonObject);
    }),
    steps: createJobSteps(job, { parse, parseResult }),
  });
}
