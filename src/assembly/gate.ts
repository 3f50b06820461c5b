// The gate of a gateway, made from its configuration. Invariant: a gateway that others can reach does not start without
// authentication, unless the configuration says in so many words that it may.
import { readFile } from 'node:fs/promises';
import {
  ANSWER,
  createGate,
  createOAuthVerifier,
  createTokenFileVerifier,
  describeResource,
  READ,
  WRITE,
  type Gate,
  type Verify,
} from '../auth/index.ts';
import type { LoadedConfig } from '../config/index.ts';
import { isLoopback } from '../http/loopback.ts';
import type { Registry } from '../operations/registry.ts';
import { UsageError } from './context.ts';
import type { Log } from './log.ts';

type ReadSecret = (reference: string) => Promise<string>;

/**
 * Opens the gate; `null` where every caller may call.
 *
 * @throws {UsageError} with one sentence when no gateway should start so
 */
export async function openGate(
  secret: ReadSecret,
  config: LoadedConfig,
  registry: Registry,
  log: Pick<Log, 'warn'>,
): Promise<Gate | null> {
  const { auth, server } = config;
  const { operationScopes, answerScopes } = auth;
  for (const name of Object.keys({ ...operationScopes, ...answerScopes })) registry.get(name);
  if (auth.mode === 'none') {
    requireLoopback(config);
    return null;
  }
  const named = [operationScopes, answerScopes].flatMap((table) => Object.values(table).flat());
  const scopes = [...new Set([READ, WRITE, ANSWER, ...named])];
  const metadata =
    auth.mode === 'oauth'
      ? describeResource({ ...toResource(config), endpoint: '/mcp', name: server.name, scopes })
      : null;
  const verified = await createVerified(secret, config, log);
  return createGate({ ...verified, operationScopes, answerScopes, metadata });
}

/** Opens the gate of what operators use, the codec server and the Temporal UI: without an authorization server, the token file's. */
export async function createOperatorGate(
  secret: ReadSecret,
  config: LoadedConfig,
  log: Pick<Log, 'warn'>,
): Promise<Gate> {
  const verified = await createVerified(secret, config, log);
  return createGate({ ...verified, operationScopes: {}, answerScopes: {}, metadata: null });
}

/** What tokens are checked with, and where problems with that are reported. */
async function createVerified(secret: ReadSecret, config: LoadedConfig, log: Pick<Log, 'warn'>) {
  const report = (problem: string): void => {
    log.warn('authentication', { problem });
  };
  if (config.auth.mode === 'oauth') return { verify: createOAuthVerify(secret, config), report };
  const { tokenFile: file } = config.auth;
  await requireTokenFile(file);
  return { verify: createTokenFileVerifier({ file, report }), report };
}

function createOAuthVerify(secret: ReadSecret, config: LoadedConfig): Verify {
  const { auth } = config;
  const { resource, issuer } = toResource(config);
  const { introspectionClientId: clientId } = auth;
  const reference = auth.introspectionClientSecret ?? '';
  return createOAuthVerifier({
    issuer,
    audience: auth.audience ?? resource,
    algorithms: auth.algorithms,
    principalClaim: auth.principalClaim,
    clockToleranceMs: auth.clockToleranceSeconds * 1000,
    introspection: clientId === null ? null : { clientId, clientSecret: () => secret(reference) },
  });
}

function toResource({ auth: { resource, issuer } }: LoadedConfig) {
  if (resource === null || issuer === null)
    throw new UsageError('auth: resource and issuer are needed');
  return { resource, issuer };
}

function requireLoopback({ auth, server }: LoadedConfig): void {
  if (auth.allowUnauthenticated || isLoopback(server.host)) return;
  throw new UsageError(
    `refusing to listen on ${server.host} without authentication, since whoever reaches it could run every operation: ` +
      'set auth.mode to tokens or oauth, or, where something before it decides who may call, auth.allowUnauthenticated to true',
  );
}

async function requireTokenFile(file: string): Promise<void> {
  try {
    await readFile(file);
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    throw new UsageError(
      `auth.tokenFile ${file} cannot be read (${code}); "longhaul token add NAME" writes one`,
      { cause: error },
    );
  }
}
