// One connection to an upstream, and the session that the MCP client has on it. Of either era: the client asks which one the server
// speaks, and a server that ends when it is asked is started again and spoken to in the older one.
import {
  Client,
  ClientCredentialsProvider,
  SdkError,
  SdkErrorCode,
  StreamableHTTPClientTransport,
  type Transport,
} from '@modelcontextprotocol/client';
import { createPatientFetch } from '../../../http/fetch.ts';
import type { ServiceHost } from '../../services.ts';
import { endUnanswered, noteStreams } from './answers.ts';
import { ChildTransport } from './child.ts';
import { letTasksThrough, mayMakeTasks, TASKS_CAPABILITY } from './task-support.ts';
import { toNotOffered } from './question.ts';
import type { Upstream } from './upstream.ts';

/** What an upstream asks of people while it works. */
export type Elicit = (params: unknown) => Promise<ElicitAnswer>;

interface ElicitAnswer {
  readonly [key: string]: unknown;
  readonly action: 'accept' | 'decline' | 'cancel';
}

export interface Connection extends AsyncDisposable {
  readonly client: Client;
  /** Whether it is of the newer era. */
  readonly isModern: boolean;
  /** Whether the server may make a task of any call. */
  readonly hasTasks: boolean;
  /** Whether the server is a process of this worker, which no other one reaches. */
  readonly isLocal: boolean;
  /** Aborted when the connection has ended. */
  readonly closed: AbortSignal;
}

/** Which era the server speaks is asked for so long, in milliseconds; one that says nothing is taken for an older one. */
const PROBE_MS = 10_000;

/** Rejects with what kept the client from connecting; nothing is left behind then. */
export async function openConnection(
  upstream: Upstream,
  host: ServiceHost,
  elicit: Elicit,
  onListChanged: () => void = () => undefined,
): Promise<Connection> {
  try {
    return await connect(upstream, host, { elicit, onListChanged }, 'auto');
  } catch (error) {
    const isProbe = error instanceof SdkError && error.code === SdkErrorCode.EraNegotiationFailed;
    if (!isProbe || upstream.command === undefined) throw error;
    return connect(upstream, host, { elicit, onListChanged }, 'legacy');
  }
}

async function connect(
  upstream: Upstream,
  host: ServiceHost,
  { elicit, onListChanged }: { readonly elicit: Elicit; readonly onListChanged: () => void },
  mode: 'auto' | 'legacy',
): Promise<Connection> {
  const { name, startTimeoutSeconds } = upstream;
  const ending = new AbortController();
  const changes = { autoRefresh: false, onChanged: onListChanged };
  const client = new Client(
    { name: 'longhaul', version: host.version },
    {
      capabilities: { elicitation: { form: {}, url: {} }, extensions: TASKS_CAPABILITY },
      versionNegotiation: { mode, probe: { timeoutMs: PROBE_MS } },
      listChanged: { tools: changes, prompts: changes, resources: changes },
    },
  );
  client.onclose = () => {
    ending.abort();
  };
  client.onerror = (error) => {
    host.log.debug('upstream reports an error', { upstream: name, error: error.message });
  };
  client.setRequestHandler('elicitation/create', ({ params }) => elicit(params) as never);
  client.fallbackRequestHandler = async ({ method }) => {
    host.log.warn('upstream asks for what is not offered', { upstream: name, method });
    return Promise.reject(toNotOffered(method));
  };
  client.setNotificationHandler('notifications/message', ({ params }) => {
    const { level, data } = params;
    const said = typeof data === 'string' ? data : JSON.stringify(data);
    host.log[toLogLevel(level)]('upstream says', { upstream: name, said: said.slice(0, 2_000) });
  });
  const transport = await createTransport(upstream, host);
  try {
    await client.connect(transport, { timeout: startTimeoutSeconds * 1000 });
  } catch (error) {
    const ending = transport instanceof ChildTransport ? transport.ending : null;
    await transport.close();
    throw mode === 'auto' || ending === null ? error : new Error(ending, { cause: error });
  }
  const isModern = client.getProtocolEra() === 'modern';
  if (upstream.url !== undefined) endUnanswered(transport);
  if (isModern) letTasksThrough(transport);
  return {
    client,
    isModern,
    hasTasks: mayMakeTasks(client.getServerCapabilities(), isModern),
    isLocal: upstream.command !== undefined,
    closed: ending.signal,
    [Symbol.asyncDispose]: async () => client.close(),
  };
}

async function createTransport(upstream: Upstream, host: ServiceHost): Promise<Transport> {
  const { name, command, args, cwd, env, url, maxMessageBytes } = upstream;
  if (command !== undefined) {
    return new ChildTransport({
      ...{ command, args, cwd, maxMessageBytes },
      env: host.childEnvironment(env),
      onNoise: (from, line) => {
        if (from === 'stdout') host.log.warn('upstream wrote no message', { upstream: name, line });
        else host.log.info('upstream wrote to stderr', { upstream: name, line });
      },
    });
  }
  const { headers, oauth } = upstream;
  const resolved = await Promise.all(
    Object.entries(headers).map(async ([key, text]) => [key, await fill(text, host)] as const),
  );
  return new StreamableHTTPClientTransport(new URL(url ?? ''), {
    fetch: noteStreams(createPatientFetch(maxMessageBytes)),
    redirectPolicy: 'same-origin',
    requestInit: { headers: Object.fromEntries(resolved) },
    ...(oauth && {
      authProvider: new ClientCredentialsProvider({
        clientId: oauth.clientId,
        expectedIssuer: oauth.issuer,
        clientSecret: await host.secret(oauth.clientSecret),
        ...(oauth.scope !== undefined && { scope: oauth.scope }),
      }),
    }),
  });
}

/** The text with the secrets that it refers to: `Bearer ${env:TOKEN}`. */
async function fill(text: string, host: ServiceHost): Promise<string> {
  const [first = '', ...rest] = text.split(/\$\{((?:env|file):[^}]+)\}/);
  const parts = await Promise.all(
    rest.map(async (part, index) => (index % 2 === 0 ? host.secret(part) : part)),
  );
  return [first, ...parts].join('');
}

function toLogLevel(level: string): 'debug' | 'info' | 'warn' | 'error' {
  if (level === 'debug' || level === 'info') return level;
  if (level === 'notice') return 'info';
  return level === 'warning' ? 'warn' : 'error';
}
