// The mark of a worker's configuration. Equal for two configurations that mean the same to a worker;
// different as soon as one operation, limit or secret differs. Comments and order count in code only, whose meaning
// cannot be seen.
import { hash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { findVariables } from '../contract/secret-reference.ts';
import type { ConfiguredOperation } from './operations/declared-operations.ts';
import { OPTIONS, valueAt, type Option } from './explain/option.ts';
import type { ParsedConfig } from './schema.ts';

type Env = Readonly<Record<string, string | undefined>>;

/**
 * The SHA-256 of what a worker depends on, in hexadecimal: the options that say so, and the operations. A secret in the
 * environment counts, by a trace of it.
 *
 * @param code the text of a configuration in code and of the modules beside it
 */
export function toFingerprint(
  parsed: ParsedConfig,
  configured: readonly ConfiguredOperation[],
  code: readonly string[],
  env: Env,
): string {
  const isDependent = ({ worker }: Option) =>
    worker === true || (worker === 'authenticated' && parsed.auth.mode !== 'none');
  const options = OPTIONS.filter(isDependent).map(
    ({ path }) => [path, valueAt(parsed, path)] as const,
  );
  const operations = configured.map(({ operation, meaning }) => [operation.name, meaning] as const);
  const passedOn = Object.values(parsed.upstreams).flatMap(({ env: names }) => names);
  const referred = [...findVariables(JSON.stringify([options, operations])), ...passedOn];
  const secrets = referred.map((name) => [name, toTrace(env[name])] as const);
  const meaning = canonicalize({
    options: Object.fromEntries(options),
    operations: Object.fromEntries(operations),
    code,
    secrets: Object.fromEntries(secrets),
  });
  return hash('sha256', meaning ?? '', 'hex');
}

/** Sixteen bits: enough to notice that a secret changed, too few to find out what it is. */
function toTrace(secret: string | undefined): string | null {
  if (secret === undefined) return null;
  return hash('sha256', secret, 'hex').slice(0, 4);
}
