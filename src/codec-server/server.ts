// The codec server: decrypts payloads for people who read tasks in the Temporal UI or with its CLI, by Temporal's protocol
// for such servers. It reaches neither Temporal nor a task. Invariants: nothing is decrypted before the caller is known to
// have the right to it, nor for a page of an origin that is not listed; a payload is never logged.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { PayloadCodec } from '@temporalio/common';
import type { Gate } from '../auth/index.ts';
import type { HostGuard, Refusal } from '../http/guards.ts';
import {
  listen,
  readRequest,
  sendJson,
  sendRefusal,
  UNKEPT,
  type Listener,
} from '../http/server.ts';
import { allowPage, PREFLIGHT } from './cors.ts';
import { parsePayloads, toPayloadsJson, type PayloadsJson } from './payload-json.ts';
import { refuse } from './right.ts';
import { createSessions, type Sessions } from './sessions.ts';
import { readCookie, SIGN_IN_PATH, SIGN_OUT_PATH, signIn, signOut } from './sign-in.ts';

/** Largest body of a request, in bytes: Temporal carries at most 4 MiB at once, and Base64 makes it a third more. */
const MAX_BODY_BYTES = 8 * 1024 * 1024;

export interface CodecServerOptions {
  readonly codec: PayloadCodec;
  /** Who may ask; `null` where every program that reaches this address may. */
  readonly gate: Gate | null;
  readonly isAllowedOrigin: (origin: string) => boolean;
  /** By which names requests may come. */
  readonly hostGuard: HostGuard;
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
}

/** @throws {Error} with one sentence when the address cannot be used */
export async function startCodecServer(options: CodecServerOptions): Promise<Listener> {
  const sessions = createSessions();
  const setWith = { host: 'encryption.codecHost', port: 'encryption.codecPort' };
  const { host, port } = options;
  return listen({ host, port, setWith }, async (request, response) =>
    answer({ ...options, sessions }, request, response),
  );
}

interface Running extends CodecServerOptions {
  readonly sessions: Sessions;
}

async function answer(
  options: Running,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { pathname } = new URL(request.url ?? '/', 'http://here');
  const { gate, sessions } = options;
  const refusal = options.hostGuard(request);
  // Only the end of the path counts: the server may be mounted anywhere.
  const [step] = /(?<=\/)(?:en|de)code$/.exec(pathname) ?? [];
  if (refusal) sendRefusal(response, refusal);
  else if (step !== undefined) await answerStep(options, step, request, response);
  else if (pathname === SIGN_IN_PATH && gate) await signIn(gate, sessions, request, response);
  else if (pathname === SIGN_OUT_PATH && gate) signOut(sessions, request, response);
  else sendRefusal(response, { status: 404, message: 'there are /encode and /decode here' });
}

async function answerStep(
  { codec, gate, sessions, isAllowedOrigin }: Running,
  step: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { origin } = request.headers;
  if (origin !== undefined && !isAllowedOrigin(origin)) {
    sendRefusal(response, FOREIGN_PAGE);
    return;
  }
  if (origin !== undefined) allowPage(origin, response);
  if (request.method === 'OPTIONS') {
    response.writeHead(204, PREFLIGHT).end();
    return;
  }
  const refusal =
    request.method === 'POST'
      ? gate && (await refuse(gate, authorizationOf(request, sessions)))
      : OTHER_METHOD;
  const result = refusal ?? (await apply(codec, step, request));
  if ('status' in result) sendRefusal(response, result);
  else sendJson(response, 200, result, UNKEPT);
}

const FOREIGN_PAGE: Refusal = {
  status: 403,
  message: 'pages of this origin may not ask here; encryption.codecOrigins lists those that may',
};

const OTHER_METHOD: Refusal = {
  status: 405,
  message: 'only POST is answered here',
  headers: { allow: 'POST' },
};

async function apply(
  codec: PayloadCodec,
  step: string,
  request: IncomingMessage,
): Promise<Refusal | PayloadsJson> {
  const payloads = parsePayloads(parseJson(await readRequest(request, MAX_BODY_BYTES)));
  if (!payloads) {
    return { status: 400, message: 'expected { "payloads": [...] }, as protobuf writes it' };
  }
  try {
    return toPayloadsJson(await codec[step === 'encode' ? 'encode' : 'decode'](payloads));
  } catch (error) {
    return { status: 400, message: (error as Error).message };
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
