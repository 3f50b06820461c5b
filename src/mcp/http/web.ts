// Node's requests and responses as those of the web, which the SDK's handler takes and gives. Invariants: a body is never
// copied, since its reader hands it on parsed; and a caller that goes away, or is refused meanwhile, aborts the request.
import type { IncomingMessage, ServerResponse } from 'node:http';

/** Made once: an error of its own for every request that has ended costs a tenth of the request. */
const GONE = new DOMException('The caller has its answer, or went away', 'AbortError');

/** The request without its body. Its Host has passed the guard, so that it makes a URL. */
export function toWebRequest(request: IncomingMessage, response: ServerResponse): Request {
  const gone = new AbortController();
  response.once('close', () => {
    gone.abort(GONE);
  });
  const headers = Object.entries(request.headers).flatMap(([name, value]) =>
    [value ?? []].flat().map((one): [string, string] => [name, one]),
  );
  const { method = 'GET' } = request;
  const url = new URL(request.url ?? '/', `http://${request.headers.host ?? 'localhost'}`);
  return new Request(url, { method, headers, signal: gone.signal });
}

/** Passes a response on; its stream ends when the caller goes away. A pipeline of Node's does the same with more. */
export async function sendWebResponse(response: ServerResponse, answer: Response): Promise<void> {
  const body: ReadableStream<Uint8Array> | null = answer.body;
  const isGone = () => response.destroyed;
  if (isGone()) {
    await body?.cancel().catch(() => undefined);
    return;
  }
  response.writeHead(answer.status, Object.fromEntries(answer.headers));
  const reader = body?.getReader();
  response.once('close', () => void reader?.cancel().catch(() => undefined));
  try {
    for (;;) {
      const { value } = (await reader?.read()) ?? {};
      if (value === undefined || isGone()) break;
      if (!response.write(value)) await untilDrained(response);
    }
    response.end();
  } catch {
    response.destroy();
  }
}

async function untilDrained(response: ServerResponse): Promise<void> {
  await new Promise<void>((resolve) => {
    const done = () => {
      response.off('drain', done).off('close', done);
      resolve();
    };
    response.on('drain', done).on('close', done);
  });
}
