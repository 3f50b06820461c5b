// The codec server: decrypts payloads for people who read tasks in the Temporal UI or with its CLI, by Temporal's protocol
// for such servers. It reaches neither Temporal nor a task. Invariants: nothing is decrypted before the caller is known to
// have the right to it, nor for a page of an origin that is not listed; a payload is never logged.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { PayloadCodec } from '@temporalio/common';
import type { Gate } from '../auth/index.ts';
import type { HostGuard } from '../http/guards.ts';
import { listen, readRequest, sendJson, sendRefusal } from '../http/server.ts';
import { toCorsHeaders, toPreflightHeaders } from './cors.ts';
import { parsePayloads, toPayloadsJson } from './payload-json.ts';
import { refuse } from './right.ts';
import { createSessions, type Sessions } from './sessions.ts';
import { readCookie, SIGN_IN_PATH, SIGN_OUT_PATH, signIn, signOut } from './sign-in.ts';

/** Largest body of a request, in bytes: Temporal carries at most 4 MiB at once, and Base64 makes it a third more. */
const MAX_BODY_BYTES = 8 * 1024 * 1024;

export interface CodecServerOptions {
  readonly codec: PayloadCodec;
  /** Who may ask; `null` where every program that reaches this address may. */
  readonly gate: Gate | null;
  /** Whether pages of an origin may ask. */
  readonly isAllowedOrigin: (origin: string) => boolean;
  /** By which names requests may come. */
  readonly hostGuard: HostGuard;
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
}

export interface CodecServer extends AsyncDisposable {
  /** For the settings of the Temporal UI. */
  readonly url: string;
}

/**
 * Starts the server.
 *
 * @throws {Error} when the address cannot be used
 */
export async function startCodecServer(options: CodecServerOptions): Promise<CodecServer> {
  const sessions = createSessions();
  const setWith = { host: 'encryption.codecHost', port: 'encryption.codecPort' };
  const { host, port } = options;
  const listener = await listen({ host, port, setWith }, async (request, response) =>
    answer({ ...options, sessions }, request, response),
  );
  return { url: listener.origin, [Symbol.asyncDispose]: () => listener[Symbol.asyncDispose]() };
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
  const refusal = options.hostGuard(request);
  if (refusal) {
    sendRefusal(response, refusal);
    return;
  }
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
  const body = await readRequest(request, MAX_BODY_BYTES);
  const payloads = parsePayloads(parseJson(body));
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

function parseJson(body: Buffer | null): unknown {
  try {
    return JSON.parse(body?.toString() ?? '');
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
  sendJson(response, status, body, {
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...headers,
  });
}
