// What a browser must know before it lets the Temporal UI, a page of another origin, ask here (Fetch, CORS protocol).
import type { ServerResponse } from 'node:http';

/** Lets the pages of an origin read an answer. */
export function allowPage(origin: string, response: ServerResponse): void {
  response.setHeader('access-control-allow-origin', origin);
  response.setHeader('access-control-allow-credentials', 'true');
  response.setHeader('vary', 'origin');
}

/** What they may send beside what every page may; a browser need not ask again for ten minutes. */
export const PREFLIGHT = {
  'access-control-allow-methods': 'POST',
  'access-control-allow-headers': 'authorization, authorization-extras, content-type, x-namespace',
  'access-control-max-age': '600',
};
