// Pages for people, each a text of HTML. Invariant: nothing else is loaded, and a page is neither framed, kept nor sent to other sites.
import type { ServerResponse } from 'node:http';
import { UNKEPT } from './server.ts';

const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
  'referrer-policy': 'same-origin', // with `no-referrer`, a browser sends the page's own form as one of an unknown origin
  ...UNKEPT,
};

export interface Page {
  readonly title: string;
  readonly style: string;
  readonly body: string;
}

export function sendPage(
  response: ServerResponse,
  status: number,
  { title, style, body }: Page,
): void {
  const text = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>${title}</title>
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:44rem;margin:4rem auto;padding:0 1rem}
${style}</style>
<h1>${title}</h1>
${body}
</html>
`;
  response.writeHead(status, { ...HEADERS, 'content-length': Buffer.byteLength(text) });
  response.end(text);
}
