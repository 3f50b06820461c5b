// What stands before the answer to a message, one guard after the other.
import { isJsonContentType } from '@modelcontextprotocol/server';
import { authenticate, authorize, authorizeScopes, type FindOperation } from './authorization.ts';
import { readMessage } from './body.ts';
import type { Exchange, Guard } from './exchange.ts';
import { toFileScope } from './files.ts';
import type { McpRefusal } from './send.ts';

/** Takes callers with a token alone, and finds out who they are. */
export async function checkToken(exchange: Exchange): Promise<McpRefusal | null> {
  const { gate, request } = exchange;
  if (!gate) return null;
  const admission = await authenticate(gate, request);
  if ('status' in admission) return admission;
  exchange.identity = admission;
  return null;
}

/** Takes requests for files whose sender has the scope for them. */
export function checkFileScope({ gate, identity, path }: Exchange): McpRefusal | null {
  return gate && identity && authorizeScopes(gate, identity, [toFileScope(path)]);
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

/** Takes messages whose sender has the scopes for them. */
export function createScopeGuard(findOperation: FindOperation): Guard {
  return ({ gate, identity, message }) =>
    gate && identity && message !== undefined
      ? authorize(gate, identity, message, findOperation)
      : null;
}
