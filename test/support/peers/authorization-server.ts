// A real authorization server (oidc-provider) on a free loopback port, whose keys a test knows, so that it can also forge.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWTPayload } from 'jose';
// @ts-expect-error -- the package brings no types
import { Provider as UntypedProvider } from 'oidc-provider';

type Provider = new (issuer: string, configuration: object) => { callback(): RequestHandler };
type RequestHandler = (request: IncomingMessage, response: ServerResponse) => void;

/** A key that signs. */
interface SigningKey {
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
}

/** A running authorization server. */
export interface AuthorizationServer extends AsyncDisposable {
  readonly issuer: string;
  /** The key that signs now. */
  key(): SigningKey;
  /** From now on it signs with another key, and publishes only that. */
  rotate(): Promise<void>;
  /** Whether it answers; when not, it breaks every connection off. */
  setReachable(isReachable: boolean): void;
  /** How many requests came to a path. */
  requestsTo(path: string): number;
  /** A token by client credentials, as a program fetches it. Clients whose id ends in `-opaque` get opaque ones. */
  fetchToken(clientId: string, resource: string, scope?: string): Promise<string>;
  /** A token with claims and header of a test's own, signed by the key that signs now. */
  forge(claims: JWTPayload, header?: Record<string, unknown>): Promise<string>;
}

/** The secret of every client. */
export const CLIENT_SECRET = 'a-secret-of-the-tests: with spaces & signs';

const SCOPES = ['tasks:read', 'tasks:write', 'refunds:write'];

async function createKey(): Promise<SigningKey & { readonly jwk: object }> {
  const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
  const kid = crypto.randomUUID();
  const jwk = { ...(await exportJWK(privateKey)), kid, alg: 'RS256', use: 'sig' };
  return { kid, privateKey, publicKey, jwk };
}

/** Starts the server with these clients, and `gateway`, which may introspect. */
export async function startAuthorizationServer(
  clientIds: readonly string[] = ['alice', 'bob'],
): Promise<AuthorizationServer> {
  const counts = new Map<string, number>();
  let isReachable = true;
  let key = await createKey();
  let serve: RequestHandler = () => undefined;
  const server = createServer((request, response) => {
    if (!isReachable) {
      request.socket.destroy();
      return;
    }
    const path = (request.url ?? '').replace(/\?.*$/, '');
    counts.set(path, (counts.get(path) ?? 0) + 1);
    serve(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const reset = () => {
    serve = createProvider(issuer, key.jwk, clientIds);
  };
  reset();
  return {
    issuer,
    key: () => key,
    rotate: async () => {
      key = await createKey();
      reset();
    },
    setReachable: (next) => {
      isReachable = next;
    },
    requestsTo: (path) => counts.get(path) ?? 0,
    fetchToken: async (clientId, resource, scope = 'tasks:read tasks:write') => {
      const credentials = [clientId, CLIENT_SECRET].map(encodeURIComponent).join(':');
      const response = await fetch(`${issuer}/token`, {
        method: 'POST',
        headers: { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` },
        body: new URLSearchParams({ grant_type: 'client_credentials', resource, scope }),
      });
      const answer = (await response.json()) as { access_token?: string };
      if (answer.access_token === undefined) throw new Error(JSON.stringify(answer));
      return answer.access_token;
    },
    forge: async (claims, header = {}) =>
      new SignJWT(claims)
        .setProtectedHeader({ alg: 'RS256', typ: 'at+jwt', kid: key.kid, ...header })
        .sign(key.privateKey),
    [Symbol.asyncDispose]: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** What the server remembers, in memory; its own store of this kind warns against itself. */
class Memory {
  readonly #records = new Map<string, object>();
  async upsert(id: string, record: object): Promise<void> {
    this.#records.set(id, record);
  }
  async find(id: string): Promise<object | undefined> {
    return this.#records.get(id);
  }
  async destroy(id: string): Promise<void> {
    this.#records.delete(id);
  }
}

function createProvider(issuer: string, jwk: object, clientIds: readonly string[]): RequestHandler {
  const client = (id: string) => ({
    client_id: id,
    client_secret: CLIENT_SECRET,
    grant_types: ['client_credentials'],
    redirect_uris: [],
    response_types: [],
  });
  const provider = new (UntypedProvider as Provider)(issuer, {
    adapter: Memory,
    jwks: { keys: [jwk] },
    clients: [...clientIds, 'gateway'].map(client),
    scopes: SCOPES,
    ttl: { ClientCredentials: 600 },
    cookies: { keys: ['of the tests'] },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      introspection: {
        enabled: true,
        allowedPolicy: (_: unknown, { clientId }: { clientId: string }) => clientId === 'gateway',
      },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (
          _: unknown,
          resource: string,
          { clientId }: { clientId: string },
        ) => ({
          scope: SCOPES.join(' '),
          audience: resource,
          accessTokenFormat: clientId.endsWith('-opaque') ? 'opaque' : 'jwt',
          jwt: { sign: { alg: 'RS256' } },
        }),
      },
    },
  });
  return provider.callback();
}
