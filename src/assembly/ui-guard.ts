// Who may use the Temporal UI, whose pages see and end everybody's tasks. Invariants: no web page but the UI's own has a
// request answered, and where callers authenticate, so does the browser, with a token that has the scope for it.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { OPERATE, type Gate } from '../auth/index.ts';
import { createHostGuard } from '../mcp/http/hosts.ts';
import type { UiGuard } from '../local/index.ts';

/**
 * Creates the guard; with a gate of `null` every program of this machine may.
 *
 * @param allowedHosts host names that may lead here beside the loopback ones
 */
export function createUiGuard(gate: Gate | null, allowedHosts: readonly string[]): UiGuard {
  const isAllowed = createHostGuard('127.0.0.1', allowedHosts);
  return async (request, response) => {
    const { host = '', origin } = request.headers;
    // Beyond what the gateway asks: this is for its own pages, and for those of no other port or name.
    if (origin !== undefined && origin.replace(/^https?:\/\//, '') !== host) {
      refuse(response, 403, 'only pages of the Temporal UI itself may ask here');
      return false;
    }
    if (!isAllowed(request, response)) return false;
    return !gate || admit(gate, request, response);
  };
}

/** Asks as every browser understands it: the token is the password, by any name. */
async function admit(
  gate: Gate,
  { headersDistinct }: IncomingMessage,
  response: ServerResponse,
): Promise<boolean> {
  const given = (headersDistinct['authorization'] ?? []).map(toBearer);
  const admission = await gate.admit(given);
  const refusal =
    admission.kind === 'refused' ? admission.refusal : gate.forbid(admission.identity, [OPERATE]);
  if (!refusal) return true;
  const status = refusal.status === 503 ? 503 : 401; // asked again, a browser lets its user give another token
  if (status === 401) {
    response.setHeader(
      'www-authenticate',
      'Basic realm="Temporal UI of Longhaul", charset="UTF-8"',
    );
  }
  const message = `${refusal.message}; the password is a token that has the scope ${OPERATE}`;
  refuse(response, status, message);
  return false;
}

function toBearer(header: string): string {
  const [, encoded] = /^basic +([\w+/]+=*)$/i.exec(header) ?? [];
  if (encoded === undefined) return header;
  const pair = Buffer.from(encoded, 'base64').toString('utf8');
  return `Bearer ${pair.slice(pair.indexOf(':') + 1)}`;
}

function refuse(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify({ message }));
}
