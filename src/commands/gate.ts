// The gate of a gateway, made from its configuration. Invariant: a gateway that others can reach does not start without
// authentication, unless the configuration says in so many words that it may.
import { readFile } from 'node:fs/promises';
import {
  createGate,
  createOAuthVerifier,
  createTokenFileVerifier,
  describeResource,
  READ,
  WRITE,
  type Gate,
} from '../auth/index.ts';
import type { LoadedConfig } from '../config/index.ts';
import { isLoopback } from '../mcp/http/hosts.ts';
import type { Registry } from '../operations/registry.ts';
import { createSecretReader } from '../operations/secrets.ts';
import type { CommandContext } from './context.ts';
import type { Log } from './log.ts';

/**
 * Opens the gate; `null` where everybody may call.
 *
 * @throws {Error} with one sentence when nobody should start a gateway so
 */
export async function openGate(
  { env }: Pick<CommandContext, 'env'>,
  config: LoadedConfig,
  registry: Registry,
  log: Pick<Log, 'warn'>,
): Promise<Gate | null> {
  const { auth, server, directory } = config;
  const { operationScopes } = auth;
  for (const name of Object.keys(operationScopes)) registry.get(name);
  const report = (problem: string) => {
    log.warn('authentication', { problem });
  };
  switch (auth.mode) {
    case 'none':
      requireLoopback(config);
      return null;
    case 'tokens': {
      await requireTokenFile(auth.tokenFile);
      const verify = createTokenFileVerifier({ file: auth.tokenFile, report });
      return createGate({ verify, report, operationScopes, metadata: null });
    }
    case 'oauth': {
      const { resource, issuer, introspectionClientId: clientId } = auth;
      if (resource === null || issuer === null)
        throw new Error('auth: resource and issuer are needed');
      const secret = createSecretReader({ env, baseDirectory: directory });
      const reference = auth.introspectionClientSecret ?? '';
      const verify = createOAuthVerifier({
        issuer,
        audience: auth.audience ?? resource,
        algorithms: auth.algorithms,
        principalClaim: auth.principalClaim,
        clockToleranceMs: auth.clockToleranceSeconds * 1000,
        introspection:
          clientId === null ? null : { clientId, clientSecret: () => secret(reference) },
      });
      const metadata = describeResource({
        resource,
        issuer,
        endpoint: '/mcp',
        name: server.name,
        scopes: [...new Set([READ, WRITE, ...Object.values(operationScopes).flat()])],
      });
      return createGate({ verify, report, operationScopes, metadata });
    }
  }
}

function requireLoopback({ auth, server }: LoadedConfig): void {
  if (auth.allowUnauthenticated || isLoopback(server.host)) return;
  throw new Error(
    `refusing to listen on ${server.host} without authentication, since whoever reaches it could run every operation: ` +
      'set auth.mode to tokens or oauth, or, where something before it decides who may call, auth.allowUnauthenticated to true',
  );
}

async function requireTokenFile(file: string): Promise<void> {
  try {
    await readFile(file);
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    throw new Error(
      `auth.tokenFile ${file} cannot be read (${code}); "longhaul token add NAME" writes one`,
      { cause: error },
    );
  }
}
