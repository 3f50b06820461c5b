// The codec server: decrypts payloads for people who look at tasks in the Temporal UI or with its CLI, by Temporal's protocol
// for such servers. It reaches neither Temporal nor a task. Invariants: nothing is decrypted before the caller is known to
// have the right to it, nor for a page of an origin that is not listed; a payload is never logged.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { PayloadCodec } from '@temporalio/common';
import type { Gate } from '../auth/index.ts';
import { readBody } from './body.ts';
import { toCorsHeaders, toPreflightHeaders } from './cors.ts';
import { parsePayloads, toPayloadsJson } from './payload-json.ts';
import { refuse } from './right.ts';
import { createSessions, type Sessions } from './sessions.ts';
import { readCookie, SIGN_IN_PATH, SIGN_OUT_PATH, signIn, signOut } from './sign-in.ts';

/** What `startCodecServer` takes. */
export interface CodecServerOptions {
  readonly codec: PayloadCodec;
  /** Who may ask; `null` where whoever reaches this address may. */
  readonly gate: Gate | null;
  /** Whether pages of an origin may ask. */
  readonly isAllowedOrigin: (origin: string) => boolean;
  /** Whether a request came by a name that leads here; answers it itself where not. */
  readonly isAllowedHost: (request: IncomingMessage, response: ServerResponse) => boolean;
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
}

/** A codec server that listens. */
export interface CodecServer extends AsyncDisposable {
  /** What the Temporal UI is to be told. */
  readonly url: string;
}

/**
 * Starts the server.
 *
 * @throws {Error} when the address cannot be used
 */
export async function startCodecServer(options: CodecServerOptions): Promise<CodecServer> {
  const sessions = createSessions();
  const server = createServer((request, response) => {
    answer({ ...options, sessions }, request, response).catch(() => {
      if (response.headersSent) response.destroy();
      else send(response, 500, { message: 'the request could not be answered' });
    });
  });
  await listen(server, options);
  const { port } = server.address() as AddressInfo;
  const host = options.host.includes(':') ? `[${options.host}]` : options.host;
  return {
    url: `http://${host}:${port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function listen(server: Server, { host, port }: CodecServerOptions): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
}

/** A server, and who is signed in to it. */
interface Running extends CodecServerOptions {
  readonly sessions: Sessions;
}

async function answer(
  options: Running,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (!options.isAllowedHost(request, response)) return;
  const { pathname } = new URL(request.url ?? '/', 'http://here');
  const { gate, sessions } = options;
  // Only the end of the path counts: the server may be mounted anywhere.
  const [step] = /(?<=\/)(?:en|de)code$/.exec(pathname) ?? [];
  if (step !== undefined) await answerStep(options, step, request, response);
  else if (pathname === SIGN_IN_PATH && gate) await signIn(gate, sessions, request, response);
  else if (pathname === SIGN_OUT_PATH && gate) signOut(sessions, request, response);
  else send(response, 404, { message: 'there are /encode and /decode here' });
}

async function answerStep(
  { codec, gate, sessions, isAllowedOrigin }: Running,
  step: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { origin } = request.headers;
  if (origin !== undefined && !isAllowedOrigin(origin)) {
    const message =
      'pages of this origin may not ask here; encryption.codecOrigins lists those that may';
    send(response, 403, { message });
    return;
  }
  if (request.method === 'OPTIONS') {
    response.writeHead(204, toPreflightHeaders(origin)).end();
    return;
  }
  const headers = toCorsHeaders(origin);
  if (request.method !== 'POST') {
    send(response, 405, { message: 'only POST is answered here' }, { ...headers, allow: 'POST' });
    return;
  }
  const refusal = gate && (await refuse(gate, authorizationOf(request, sessions)));
  if (refusal) {
    const { status, message } = refusal;
    send(response, status, { message }, { ...headers, ...refusal.headers });
    return;
  }
  const payloads = parsePayloads(parseJson(await readBody(request)));
  if (!payloads) {
    send(
      response,
      400,
      { message: 'expected { "payloads": [...] }, as protobuf writes it' },
      headers,
    );
    return;
  }
  try {
    const done = await (step === 'encode' ? codec.encode(payloads) : codec.decode(payloads));
    send(response, 200, toPayloadsJson(done) as object, headers);
  } catch (error) {
    send(response, 400, { message: (error as Error).message }, headers);
  }
}

/** A header wins over the cookie, which belongs to the browser and not to the caller. */
function authorizationOf(
  { headers, headersDistinct }: IncomingMessage,
  sessions: Sessions,
): readonly string[] {
  const given = headersDistinct['authorization'] ?? [];
  const session = readCookie(headers.cookie);
  const token = session === null ? null : sessions.find(session);
  return given.length > 0 || token === null ? given : [`Bearer ${token}`];
}

function parseJson(text: string | null): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return null;
  }
}

function send(
  response: ServerResponse,
  status: number,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): void {
  const text = JSON.stringify(body);
  const length = String(Buffer.byteLength(text));
  response
    .writeHead(status, {
      'content-type': 'application/json',
      'content-length': length,
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      ...headers,
    })
    .end(text);
}
