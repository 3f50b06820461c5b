// The answer to a message that its guards have let pass: of the SDK's handler, or of ours where that does the same with less.
import type { AuthInfo, createMcpHandler } from '@modelcontextprotocol/server';
import type { Identity } from '../../auth/index.ts';
import type { Exchange } from './exchange.ts';
import { endWithToken } from './open-call.ts';
import { withJsonAnswers } from './json-only.ts';
import { fillNameHeader, fillTraceContext } from './said-twice.ts';
import { serveToolCall } from './tool-call.ts';
import { sendWebResponse, toWebRequest } from './web.ts';
import type { ServerFactory } from '../server.ts';

export function createMessageAnswer(
  factory: ServerFactory,
  handler: ReturnType<typeof createMcpHandler>,
): (exchange: Exchange) => Promise<void> {
  const answering = withJsonAnswers(handler, factory);
  return async (exchange) => {
    const { gate, request, response, identity, message } = exchange;
    const serve = async (options: Parameters<typeof answering.fetch>[1] = {}) => {
      const answer = await answering.fetch(toWebRequest(request, response), options);
      await sendWebResponse(response, answer);
    };
    if (message === undefined) return serve();
    if (gate) endWithToken(gate, exchange);
    fillNameHeader(request.headers, message);
    fillTraceContext(request.headers, message);
    const auth = identity && toAuthInfo(identity);
    const call = { headers: request.headers, message, ...(auth && { auth }) };
    if (await serveToolCall(factory, call, response)) return;
    await serve({ parsedBody: message, ...(auth && { authInfo: auth }) });
  };
}

/** What handlers learn of a caller: never its token. */
function toAuthInfo({ principal, scopes, expiresAt }: Identity): AuthInfo {
  return {
    token: '',
    clientId: principal,
    scopes: [...scopes],
    ...(expiresAt !== null && { expiresAt: Math.floor(expiresAt / 1000) }),
    extra: { principal },
  };
}
