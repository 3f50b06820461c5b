// What stands before the answer to a message, one guard after the other: who calls, and what they may send; 401 and 403 where the
// specification demands them. Invariants: no answer repeats a token, the faces never see one, and whatever the specification does
// not demand as a status stays a result.
import { isJsonContentType } from '@modelcontextprotocol/server';
import type { Gate, Identity } from '../../auth/index.ts';
import { readMessage } from './body.ts';
import type { Exchange, Guard } from './exchange.ts';
import { toFileScope } from './files.ts';
import { toAnsweredTasks, toAnswerScopes, toRequiredScopes } from './required-scopes.ts';
import { toMcpRefusal, type McpRefusal } from './send.ts';

/** Takes callers with a token alone, and finds out who they are. */
export async function checkToken(exchange: Exchange): Promise<McpRefusal | null> {
  const { gate, request } = exchange;
  if (!gate) return null;
  const admission = await gate.admit(request.headersDistinct['authorization'] ?? []);
  // It must not go further by any way, not even into a log of the SDK.
  delete request.headers.authorization;
  if (admission.kind === 'refused') return toMcpRefusal(admission.refusal);
  exchange.identity = admission.identity;
  return null;
}

/** Takes requests for files whose sender has the scope for them. */
export function checkFileScope({ gate, identity, path }: Exchange): McpRefusal | null {
  return gate && identity && demand(gate, identity, [toFileScope(path)]);
}

/**
 * Takes bodies of JSON up to a bound, and parses them. What is sent as something else is left to the SDK, which refuses it.
 *
 * @param observe sees every message that has arrived
 */
export function createBodyGuard(maxBytes: number, observe: (exchange: Exchange) => void): Guard {
  return async (exchange) => {
    const { request } = exchange;
    if (!isJsonContentType(request.headers['content-type'] ?? null)) return null;
    const body = await readMessage(request, maxBytes);
    if ('status' in body) return body;
    exchange.message = body.message;
    observe(exchange);
    return null;
  };
}

/** The operation of a task of a principal; `null` when it has no such task. Rejects when it cannot be found out. */
export type FindOperation = (principal: string, taskRef: string) => Promise<string | null>;

/** Takes messages whose sender has the scopes for them. */
export function createScopeGuard(findOperation: FindOperation): Guard {
  return async ({ gate, identity, message }) => {
    if (!gate || !identity || message === undefined) return null;
    const scopes = toRequiredScopes(message, gate);
    const refusal = demand(gate, identity, scopes);
    const answered = isAnyRuled(gate) ? toAnsweredTasks(message) : [];
    if (refusal || answered.length === 0) return refusal;
    try {
      const operations = await Promise.all(
        answered.map(async (taskRef) => findOperation(identity.principal, taskRef)),
      );
      // A task that is not there has no operation, and its answer comes to nothing.
      const more = operations.flatMap((name) => (name === null ? [] : toAnswerScopes(name, gate)));
      return demand(gate, identity, [...scopes, ...more]);
    } catch {
      return toMcpRefusal(gate.postpone());
    }
  };
}

/** Where no operation needs more than others, no task is read. */
function isAnyRuled({ operationScopes, answerScopes }: Gate): boolean {
  return Object.keys({ ...operationScopes, ...answerScopes }).length > 0;
}

function demand(gate: Gate, identity: Identity, scopes: readonly string[]): McpRefusal | null {
  const refusal = gate.forbid(identity, scopes);
  return refusal && toMcpRefusal(refusal);
}
