// The metadata of the protected resource (RFC 9728): how a client that was answered 401 finds the authorization server. The
// SDK's helper serves it at one of the two places only, together with a copy of the authorization server's own metadata.

const WELL_KNOWN = '/.well-known/oauth-protected-resource';

export interface ResourceMetadata {
  /** As it is named in a challenge. */
  readonly url: string;
  /** Paths of this server that answer with it. */
  readonly paths: readonly string[];
  readonly document: Readonly<Record<string, unknown>>;
}

/** Describes the resource; `endpoint` is the path at which this server has it, whatever a proxy before it says. */
export function describeResource(options: {
  readonly resource: string;
  readonly endpoint: string;
  readonly issuer: string;
  readonly scopes: readonly string[];
  readonly name: string;
}): ResourceMetadata {
  const { origin, pathname } = new URL(options.resource);
  const suffixed = pathname === '/' ? WELL_KNOWN : `${WELL_KNOWN}${pathname}`;
  return {
    url: `${origin}${suffixed}`,
    paths: [...new Set([WELL_KNOWN, `${WELL_KNOWN}${options.endpoint}`, suffixed])],
    document: {
      resource: options.resource,
      authorization_servers: [options.issuer],
      scopes_supported: options.scopes,
      bearer_methods_supported: ['header'],
      resource_name: options.name,
    },
  };
}
