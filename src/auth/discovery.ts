// The metadata of the authorization server (RFC 8414, OpenID Connect Discovery), found from its issuer when the first token
// comes: a gateway starts while the authorization server is away. Invariant: what claims to be another issuer is not used.
import { LRUCache } from 'lru-cache';
import { fetchObject, UnreachableError } from './fetch-json.ts';
import { isTrustworthyUrl } from './trustworthy-url.ts';

export interface AuthorizationServer {
  readonly jwksUri: string | null;
  readonly introspectionEndpoint: string | null;
}

const KEPT_MS = 3_600_000;

/** Creates the search; concurrent callers share one, and a failed one is not kept. Rejects with `UnreachableError`. */
export function createDiscovery(issuer: string): () => Promise<AuthorizationServer> {
  const known = new LRUCache<string, AuthorizationServer>({
    max: 1,
    ttl: KEPT_MS,
    fetchMethod: discover,
  });
  return async () => known.forceFetch(issuer);
}

/** Where the metadata of an issuer may be, most specific first. Source: MCP authorization, section on discovery. */
export function toMetadataUrls(issuer: string): readonly string[] {
  const { origin, pathname } = new URL(issuer);
  const path = pathname.replace(/\/$/, '');
  return [
    `${origin}/.well-known/oauth-authorization-server${path}`,
    `${origin}/.well-known/openid-configuration${path}`,
    ...(path === '' ? [] : [`${origin}${path}/.well-known/openid-configuration`]),
  ];
}

async function discover(issuer: string): Promise<AuthorizationServer> {
  const failures: string[] = [];
  for (const url of toMetadataUrls(issuer)) {
    try {
      const metadata = await fetchObject(url);
      if (metadata['issuer'] === issuer) return toServer(metadata);
      failures.push(`${url} names another issuer`);
    } catch (thrown) {
      failures.push((thrown as Error).message);
    }
  }
  throw new UnreachableError(`no metadata of the authorization server: ${failures.join('; ')}`);
}

function toServer(metadata: Readonly<Record<string, unknown>>): AuthorizationServer {
  const read = (name: string) => {
    const url = metadata[name];
    return typeof url === 'string' && isTrustworthyUrl(url) ? url : null;
  };
  return { jwksUri: read('jwks_uri'), introspectionEndpoint: read('introspection_endpoint') };
}
