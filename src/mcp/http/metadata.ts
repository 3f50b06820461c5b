// The metadata of the protected resource, by which a client without a token finds the authorization server.
import { sendJson } from '../../http/server.ts';
import type { Exchange } from './exchange.ts';

export function isMetadata({ gate, path }: Exchange): boolean {
  return gate?.metadata?.paths.includes(path) ?? false;
}

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
