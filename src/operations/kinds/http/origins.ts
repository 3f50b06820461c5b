// Where URLs of answers may lead, read from a declaration.
import { LEADING_VARIABLE } from '../../../contract/secret-reference.ts';
import type { Environment } from '../kind.ts';
import { parseOrigin } from './url-template.ts';

/** @throws {TypeError} when one is not scheme, host and port alone, literal or configured */
export function readOrigins(
  listed: readonly string[],
  environment: Environment,
): ReadonlySet<string> {
  return new Set(
    listed.map((source) => {
      const variable = LEADING_VARIABLE.exec(source);
      const text = variable?.[0] === source ? environment[variable[1] ?? ''] : source;
      if (text === undefined || text === '') {
        throw new TypeError(`origins: ${source}: this environment variable is not set`);
      }
      const { origin, basePath } = parseOrigin(text, `origins: ${source}`);
      if (basePath === '' || variable !== null) return origin;
      throw new TypeError(`origins: ${source}: expected scheme, host and port alone: ${origin}`);
    }),
  );
}
