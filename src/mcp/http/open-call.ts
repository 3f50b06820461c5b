// Calls that stay open: a wait, tasks/result. A token that is taken away or expires meanwhile ends them. Invariant: no
// answer goes to a token that would not be let in any more, but for the moment between two checks and what the gate remembers.
import type { Gate, GateRefusal } from '../../auth/index.ts';
import { isJsonObject } from '../../contract/json.ts';
import type { Exchange } from './exchange.ts';
import { sendRefusal, toMcpRefusal } from './send.ts';

/** How often the token of an open call is checked, in milliseconds. */
const ROUND_MS = 2_000;

type Call = Pick<Exchange, 'request' | 'response' | 'message'>;

/**
 * Checks the token again as long as a request is not answered. Then the caller gets the refusal that a new call would get; in a
 * stream that has begun, as the error of the call.
 */
export function endWithToken(gate: Gate, exchange: Call): void {
  const { request, response } = exchange;
  const authorization = request.headersDistinct['authorization'] ?? [];
  const check = async (): Promise<void> => {
    const admission = await gate.admit(authorization);
    if (response.writableEnded || response.destroyed) return;
    // Where the token cannot be checked for the moment, it may still be good.
    if (admission.kind === 'refused' && admission.refusal.status === 401) {
      end(exchange, admission.refusal);
    } else timer = start();
  };
  const start = () => setTimeout(() => void check(), ROUND_MS).unref();
  let timer = start();
  response.once('close', () => {
    clearTimeout(timer);
  });
}

function end({ message, response }: Call, refusal: GateRefusal): void {
  response.on('error', () => undefined); // what the call still says comes too late
  if (!response.headersSent) {
    sendRefusal(response, toMcpRefusal(refusal));
    return;
  }
  const id = isJsonObject(message) ? (message['id'] ?? null) : null;
  const error = { code: -32_600, message: refusal.message };
  response.end(`event: message\ndata: ${JSON.stringify({ jsonrpc: '2.0', id, error })}\n\n`);
}
