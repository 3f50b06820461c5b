// The gate in front of the MCP endpoint: answers 401 and 403 itself, and hands on who calls. Invariants: no answer repeats a
// token, the faces never see one, and whatever the specification does not demand as a status stays a result.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AuthInfo } from '@modelcontextprotocol/server';
import type { Gate, GateRefusal, Identity } from '../../auth/index.ts';
import { toAnsweredTasks, toAnswerScopes, toRequiredScopes } from './required-scopes.ts';

/** The caller of a request; `null` when the request has been answered. */
export async function authenticate(
  gate: Gate,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<Identity | null> {
  const admission = await gate.admit(request.headersDistinct['authorization'] ?? []);
  // It must not go further by any way, not even into a log of the SDK.
  delete request.headers.authorization;
  if (admission.kind === 'admitted') return admission.identity;
  sendRefusal(response, admission.refusal);
  return null;
}

/** The operation of a task of a principal; `null` when it has no such task. Rejects when it cannot be found out. */
export type FindOperation = (principal: string, taskRef: string) => Promise<string | null>;

/** Whether a caller may send this message; `false` when the request has been answered. */
export async function authorize(
  gate: Gate,
  identity: Identity,
  message: unknown,
  response: ServerResponse,
  findOperation: FindOperation,
): Promise<boolean> {
  const scopes = toRequiredScopes(message, gate);
  if (!authorizeScopes(gate, identity, scopes, response)) return false;
  const answered = isAnyRuled(gate) ? toAnsweredTasks(message) : [];
  try {
    const operations = await Promise.all(
      answered.map(async (taskRef) => findOperation(identity.principal, taskRef)),
    );
    // A task that is not there has no operation, and its answer comes to nothing.
    const more = operations.flatMap((name) => (name === null ? [] : toAnswerScopes(name, gate)));
    return authorizeScopes(gate, identity, [...scopes, ...more], response);
  } catch {
    sendRefusal(response, gate.postpone());
    return false;
  }
}

/** Where no operation needs more than others, nothing is looked up. */
function isAnyRuled({ operationScopes, answerScopes }: Gate): boolean {
  return Object.keys({ ...operationScopes, ...answerScopes }).length > 0;
}

/** Whether a caller has these scopes; `false` when the request has been answered. */
export function authorizeScopes(
  gate: Gate,
  identity: Identity,
  scopes: readonly string[],
  response: ServerResponse,
): boolean {
  const refusal = gate.forbid(identity, scopes);
  if (refusal) sendRefusal(response, refusal);
  return refusal === null;
}

/** What handlers are told of a caller: never its token. */
export function toAuthInfo({ principal, scopes, expiresAt }: Identity): AuthInfo {
  return {
    token: '',
    clientId: principal,
    scopes: [...scopes],
    ...(expiresAt !== null && { expiresAt: Math.floor(expiresAt / 1000) }),
    extra: { principal },
  };
}

/** Answers with the metadata of the resource where that is asked for; `false` where it is not. */
export function answerMetadata(
  gate: Gate,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): boolean {
  const { metadata } = gate;
  if (!metadata?.paths.includes(path)) return false;
  // Public, and read by clients that run in a browser.
  response.setHeader('access-control-allow-origin', '*');
  if (request.method === 'GET' || request.method === 'HEAD') {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(request.method === 'GET' ? JSON.stringify(metadata.document) : undefined);
  } else {
    response.writeHead(request.method === 'OPTIONS' ? 204 : 405, { allow: 'GET, HEAD, OPTIONS' });
    response.end();
  }
  return true;
}

/** Sends the answer of the gate. */
export function sendRefusal(
  response: ServerResponse,
  { status, headers, message }: GateRefusal,
): void {
  response.writeHead(status, { ...headers, 'content-type': 'application/json' });
  response.end(JSON.stringify({ jsonrpc: '2.0', id: null, error: { code: -32_600, message } }));
}
