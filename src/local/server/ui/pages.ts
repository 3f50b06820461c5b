// The pages of the Temporal UI. They lie inside the Temporal CLI, which gives them out by serving them: so a server that
// knows no task is started when the UI is opened, asked for what a browser needs, and ended when no request has come for a while.
// What it gave is kept in memory, by a process that serves the UI.
import {
  request as send,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { buffer } from 'node:stream/consumers';
import { startPageServer, type PageServer } from './page-server.ts';

/** Answers requests for pages, and for what belongs to them. */
export interface UiPages {
  answer(request: IncomingMessage, response: ServerResponse): Promise<void>;
  close(): Promise<void>;
}

interface Page {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

const IDLE_MS = 30_000;
/** Text that a page has shown as HTML: another answer each time. */
const RENDER = '/render?';
const KEPT = [
  'content-type',
  'content-security-policy',
  'x-content-type-options',
  'x-frame-options',
] as const;

/** Creates it, for the CLI that runs the server at the moment. */
export function createUiPages(options: {
  readonly executable: () => string;
  readonly codecUrl: string | undefined;
  /** The server ends after so long without a request, in milliseconds. Default: half a minute. */
  readonly idleMs?: number;
}): UiPages {
  const { idleMs = IDLE_MS } = options;
  const kept = new Map<string, Page>();
  let server: Promise<PageServer> | undefined;
  let idle: NodeJS.Timeout | undefined;

  const stop = async (): Promise<void> => {
    clearTimeout(idle);
    const ending = server;
    server = undefined;
    await (await ending?.catch(() => undefined))?.[Symbol.asyncDispose]();
  };

  const started = async (): Promise<PageServer> => {
    const starting = (server ??= startPageServer(options.executable(), options.codecUrl));
    const forget = () => {
      if (server === starting) server = undefined;
    };
    try {
      const running = await starting;
      void running.ended.then(forget);
      return running;
    } catch (error) {
      forget();
      throw error;
    }
  };

  const ask = async (path: string): Promise<Page> => {
    clearTimeout(idle);
    try {
      // The server ends by itself after a while, be it in the middle of an answer.
      return await load(await started(), path).catch(async () => {
        await stop();
        return load(await started(), path);
      });
    } finally {
      clearTimeout(idle);
      idle = setTimeout(() => void stop(), idleMs).unref();
    }
  };

  return {
    answer: async (request, response) => {
      if (request.method !== 'GET' && request.method !== 'HEAD') {
        response.writeHead(405, { allow: 'GET, HEAD' }).end();
        return;
      }
      const path = toPath(request);
      const page = kept.get(path) ?? (await ask(path));
      // Every path that is no file has the page of `/` for an answer.
      const isFile = path === '/' || !page.headers['content-type']?.startsWith('text/html');
      if (page.status === 200 && isFile) kept.set(path, page);
      for (const name of KEPT) {
        const value = page.headers[name];
        if (value !== undefined) response.setHeader(name, value);
      }
      response.writeHead(page.status, { 'content-length': page.body.length });
      response.end(request.method === 'HEAD' ? undefined : page.body);
    },
    close: stop,
  };
}

function toPath({ url = '/', headers }: IncomingMessage): string {
  if (!url.startsWith('/')) return '/';
  if (url.startsWith(RENDER)) return url;
  const [path = '/'] = url.split('?', 1);
  return headers.accept?.includes('text/html') ? '/' : path;
}

async function load({ port }: PageServer, path: string): Promise<Page> {
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    send({ host: '127.0.0.1', port, path }).once('response', resolve).once('error', reject).end();
  });
  return { status: answer.statusCode ?? 502, headers: answer.headers, body: await buffer(answer) };
}
