// Requests to where no message is taken: each answer names the address that takes them. Invariant: what is shown of a request
// has passed the guard, and is a host name.
import { sendPage } from '../../http/page.ts';
import type { Exchange } from './exchange.ts';
import { toPage } from './page.ts';
import { sendRefusal } from './send.ts';

export const MCP_PATH = '/mcp';

/** The address of the endpoint for the sender of this request. */
function toEndpointUrl({ request: { headers }, gate }: Exchange): string {
  // A client of OAuth asks for a token for the resource by its name, so it has to be added under that name.
  const resource = gate?.metadata?.document['resource'];
  if (typeof resource === 'string') return resource;
  const scheme = headers['x-forwarded-proto'] === 'https' ? 'https' : 'http';
  return `${scheme}://${headers.host ?? ''}${MCP_PATH}`;
}

/** Whether a person has the address open in a browser. */
export function isBrowser({ request: { method, headers } }: Exchange): boolean {
  return method === 'GET' && (headers.accept?.includes('text/html') ?? false);
}

export function showPage(exchange: Exchange, status = 200): void {
  sendPage(exchange.response, status, toPage(toEndpointUrl(exchange), exchange.gate));
}

export function sendNotFound(exchange: Exchange): void {
  if (isBrowser(exchange)) {
    showPage(exchange, 404);
    return;
  }
  const url = toEndpointUrl(exchange);
  const message = `There is nothing here. The MCP endpoint of this server is ${url}; it speaks Streamable HTTP, not HTTP with SSE.`;
  sendRefusal(exchange.response, { status: 404, message });
}

export function sendNotAllowed(exchange: Exchange): void {
  const url = toEndpointUrl(exchange);
  const message = `Messages are sent to ${url} with POST. There are no sessions here, and no stream to open with GET.`;
  sendRefusal(exchange.response, { status: 405, message, headers: { allow: 'POST' } });
}
