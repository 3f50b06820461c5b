// What tells one configuration of a worker from another. Equal for two configurations that mean the same to a worker;
// different as soon as one operation, limit or secret differs. Comments and order count in code only, whose meaning
// cannot be seen.
import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { ConfiguredOperation } from './operations/declared-operations.ts';
import type { ParsedConfig } from './schema.ts';

type Env = Readonly<Record<string, string | undefined>>;

/**
 * The SHA-256 of what a worker depends on, in hexadecimal. The gateway's own groups do not count; a secret in the
 * environment does, by a trace of it.
 *
 * @param code the text of a configuration in code and of the modules beside it
 */
export function toFingerprint(
  parsed: ParsedConfig,
  configured: readonly ConfiguredOperation[],
  code: readonly string[],
  env: Env,
): string {
  const { state, execution, callbacks, observability, temporal, httpRequest, builtins } = parsed;
  const { storage, encryption, auth, limits } = parsed;
  const { keys } = encryption;
  const options = {
    ...{ state, execution, callbacks, observability, temporal, httpRequest, builtins },
    storage,
    encryption: { keys },
    ...(auth.mode !== 'none' && { runningShare: limits.runningShare }),
  };
  const operations = configured.map(({ operation, meaning }) => [operation.name, meaning] as const);
  const references = JSON.stringify([callbacks.secrets, keys, operations]);
  const referred = references.matchAll(/\benv:([A-Za-z_][A-Za-z0-9_]*)/g);
  const secrets = [...referred].map(([, name = '']) => [name, toTrace(env[name])] as const);
  const meaning = canonicalize({
    options,
    operations: Object.fromEntries(operations),
    code,
    secrets: Object.fromEntries(secrets),
  });
  return createHash('sha256')
    .update(meaning ?? '')
    .digest('hex');
}

/** Sixteen bits: enough to notice that a secret changed, too few to find out what it is. */
function toTrace(secret: string | undefined): string | null {
  if (secret === undefined) return null;
  return createHash('sha256').update(secret).digest('hex').slice(0, 4);
}
