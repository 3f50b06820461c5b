// From a declaration to an operation that is one HTTP exchange.
import { createOperation } from '../../create.ts';
import type { Operation } from '../../operation.ts';
import {
  httpDeclarationSchema,
  type HttpDeclaration,
  type ParsedHttpDeclaration,
} from './declaration.ts';
import { parseExchange } from './declared-exchange.ts';
import { withField } from './own-fields.ts';
import { at, parseDeclaration, readCommon } from '../common.ts';
import type { Environment } from '../kind.ts';
import type { Method } from './exchange-declaration.ts';
import { parseAuth } from '../auth/auth.ts';
import { readOrigins } from './origins.ts';
import { checkResult, fetchResult } from './pages.ts';

/** Methods whose repetition has the effect of a single request. Source: RFC 9110 section 9.2.2. */
const IDEMPOTENT: readonly Method[] = ['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'];

/** Methods that change nothing. Source: RFC 9110 section 9.2.1. */
const SAFE: readonly Method[] = ['GET', 'HEAD', 'OPTIONS'];

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
  return createHttpOperation(
    name,
    parseDeclaration(name, httpDeclarationSchema, declaration),
    environment,
  );
}

/** The same of a declaration that was parsed. */
export function createHttpOperation(
  name: string,
  declared: ParsedHttpDeclaration,
  environment: Environment,
): Operation {
  const { request, response, idempotencyHeader } = declared;
  const readOnly = declared.hints?.readOnly ?? SAFE.includes(request.method);
  const { parse, parseResult, acceptWith, ...parts } = readCommon(name, {
    ...declared,
    hints: { ...declared.hints, readOnly },
  });
  at(name, 'response', () => {
    checkResult(response);
    if (response.pages === undefined || SAFE.includes(request.method)) return;
    throw new TypeError(`pages: a ${request.method} of the next page would take effect again`);
  });
  const idempotent = declared.idempotent ?? IDEMPOTENT.includes(request.method);
  const exchange = at(name, 'request', () =>
    parseExchange(
      { ...request, ...response },
      {
        inputSchema: withField(parts.inputSchema, 'idempotencyKey'),
        environment,
        // By the method alone: a key that makes a repetition harmless does so within its task, and not for the next one.
        repeatable: idempotent && IDEMPOTENT.includes(request.method),
        idempotencyHeader: idempotencyHeader || null,
        auth: declared.auth === undefined ? null : parseAuth(declared.auth, environment),
        origins: readOrigins(declared.origins, environment),
        home: null,
      },
    ),
  );
  return createOperation({
    ...parts,
    idempotent,
    accept: acceptWith((parsed) => {
      exchange.check(parsed);
    }),
    steps: {
      kind: 'run',
      run: async (parameters, context) =>
        parseResult(await fetchResult(exchange, response, parse(parameters), context)),
    },
  });
}
