// The WWW-Authenticate header (RFC 6750, RFC 9728). The SDK's own helper says `error` even where no token was sent, which
// RFC 6750 asks not to do. Invariant: no value can end its quoted string.

export interface Challenge {
  /** Absent where no token was sent. */
  readonly error?: {
    readonly code: 'invalid_token' | 'insufficient_scope';
    readonly reason: string;
  };
  readonly scopes: readonly string[];
  /** Where the protected resource's metadata is; `null` where there is no authorization server to find. */
  readonly metadataUrl: string | null;
}

export function toChallengeHeader({ error, scopes, metadataUrl }: Challenge): string {
  const parameters = [
    ...(error
      ? [['error', error.code] as const, ['error_description', error.reason] as const]
      : []),
    ...(metadataUrl === null
      ? [['realm', 'longhaul'] as const]
      : [['resource_metadata', metadataUrl] as const]),
    ['scope', scopes.join(' ')] as const,
  ];
  return `Bearer ${parameters.map(([name, value]) => `${name}="${toQuotable(value)}"`).join(', ')}`;
}

function toQuotable(text: string): string {
  return text
    .replaceAll(/[^\x20-\x7e]/g, ' ')
    .replaceAll('\\', '/')
    .replaceAll('"', "'");
}
