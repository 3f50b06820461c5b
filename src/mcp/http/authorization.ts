// The gate in front of the MCP endpoint: who calls, and what they may send; 401 and 403 where the specification demands them.
// Invariants: no answer repeats a token, the faces never see one, and whatever the specification does not demand as a status
// stays a result.
import type { IncomingMessage } from 'node:http';
import type { AuthInfo } from '@modelcontextprotocol/server';
import type { Gate, GateRefusal, Identity } from '../../auth/index.ts';
import { sendJson } from '../../http/server.ts';
import type { Exchange } from './exchange.ts';
import { toAnsweredTasks, toAnswerScopes, toRequiredScopes } from './required-scopes.ts';
import type { McpRefusal } from './send.ts';

/** The caller of a request, or why it is refused. */
export async function authenticate(
  gate: Gate,
  request: IncomingMessage,
): Promise<Identity | McpRefusal> {
  const admission = await gate.admit(request.headersDistinct['authorization'] ?? []);
  // It must not go further by any way, not even into a log of the SDK.
  delete request.headers.authorization;
  return admission.kind === 'admitted' ? admission.identity : toMcpRefusal(admission.refusal);
}

/** The operation of a task of a principal; `null` when it has no such task. Rejects when it cannot be found out. */
export type FindOperation = (principal: string, taskRef: string) => Promise<string | null>;

/** Why a caller may not send this message; `null` where it may. */
export async function authorize(
  gate: Gate,
  identity: Identity,
  message: unknown,
  findOperation: FindOperation,
): Promise<McpRefusal | null> {
  const scopes = toRequiredScopes(message, gate);
  const refusal = authorizeScopes(gate, identity, scopes);
  const answered = isAnyRuled(gate) ? toAnsweredTasks(message) : [];
  if (refusal || answered.length === 0) return refusal;
  try {
    const operations = await Promise.all(
      answered.map(async (taskRef) => findOperation(identity.principal, taskRef)),
    );
    // A task that is not there has no operation, and its answer comes to nothing.
    const more = operations.flatMap((name) => (name === null ? [] : toAnswerScopes(name, gate)));
    return authorizeScopes(gate, identity, [...scopes, ...more]);
  } catch {
    return toMcpRefusal(gate.postpone());
  }
}

/** Where no operation needs more than others, no task is read. */
function isAnyRuled({ operationScopes, answerScopes }: Gate): boolean {
  return Object.keys({ ...operationScopes, ...answerScopes }).length > 0;
}

/** Why a caller without these scopes is refused; `null` for one that has them. */
export function authorizeScopes(
  gate: Gate,
  identity: Identity,
  scopes: readonly string[],
): McpRefusal | null {
  const refusal = gate.forbid(identity, scopes);
  return refusal && toMcpRefusal(refusal);
}

/** A refusal of the gate, as that of an invalid request. */
export function toMcpRefusal(refusal: GateRefusal): McpRefusal {
  return { ...refusal, code: -32_600 };
}

/** What handlers learn of a caller: never its token. */
export function toAuthInfo({ principal, scopes, expiresAt }: Identity): AuthInfo {
  return {
    token: '',
    clientId: principal,
    scopes: [...scopes],
    ...(expiresAt !== null && { expiresAt: Math.floor(expiresAt / 1000) }),
    extra: { principal },
  };
}

/** Whether a request is for the metadata of the resource. */
export function isMetadata({ gate, path }: Exchange): boolean {
  return gate?.metadata?.paths.includes(path) ?? false;
}

/** Answers with the metadata of the resource. */
export function sendMetadata({ gate, request, response }: Exchange): void {
  // Public, and read by clients that run in a browser.
  response.setHeader('access-control-allow-origin', '*');
  if (request.method === 'GET' || request.method === 'HEAD') {
    sendJson(response, 200, gate?.metadata?.document ?? {});
  } else {
    response.writeHead(request.method === 'OPTIONS' ? 204 : 405, { allow: 'GET, HEAD, OPTIONS' });
    response.end();
  }
}
