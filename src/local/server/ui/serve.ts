// Serves the Temporal UI of a data directory: the pages of the Temporal CLI, over the API of the running server. The CLI
// would serve both by itself, to everybody. Invariants:
// 1. Nothing is answered that the guard has not let pass, be it a page.
// 2. One process serves it; when that one ends, another takes its place at the same address.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DataDirectory } from '../../data-directory.ts';
import { withLock } from '../../lock.ts';
import { choosePort } from '../../ports.ts';
import { ownIdentity } from '../../process-identity.ts';
import type { ServerState } from '../server-state.ts';
import { createUiApi } from './api.ts';
import { loadUiRecord, saveUiRecord, servedUi, toUiUrl } from './holder.ts';
import { createUiPages } from './pages.ts';

/** Whether a request may pass; answers it itself where not. */
export type UiGuard = (request: IncomingMessage, response: ServerResponse) => Promise<boolean>;

/** How to serve the UI. */
export interface UiOptions {
  readonly guard: UiGuard;
  /** The one of last time, or any free one, unless given. */
  readonly port?: number | undefined;
  /** Of the codec server that the pages ask to decrypt; none unless given. */
  readonly codecUrl?: string | undefined;
  /** Receives lines for people. */
  readonly report: (line: string) => void;
}

interface ServeOptions extends UiOptions {
  readonly directory: DataDirectory;
  /** The server as it was last seen running. */
  readonly server: () => ServerState;
}

/** A UI that is served, by this process or by another one. */
export interface Ui extends AsyncDisposable {
  readonly url: string;
}

/** How often a process that waits for its turn looks, in milliseconds. */
const LOOK_MS = 1_000;

/**
 * Serves the UI, or waits until whoever serves it has ended.
 *
 * @throws {Error} when a given port is taken
 */
export async function serveUi(options: ServeOptions): Promise<Ui> {
  const { directory, report } = options;
  const over = new AbortController();
  let listener: AsyncDisposable | undefined;

  const take = (given: number | undefined): Promise<string> =>
    withLock(
      directory.uiLock,
      async () => {
        const served = servedUi(directory);
        if (served !== null) return served;
        const port = await choosePort('UI port', given, loadUiRecord(directory)?.port);
        const fresh = await listen(port, options);
        try {
          saveUiRecord(directory, { port, holder: ownIdentity() });
        } catch (error) {
          await fresh[Symbol.asyncDispose]();
          throw error;
        }
        listener = fresh;
        return toUiUrl(port);
      },
      { signal: over.signal },
    );

  const waitForTurn = async (): Promise<void> => {
    for (;;) {
      if (listener) return;
      await sleep(LOOK_MS, undefined, { ref: false, signal: over.signal }).catch(() => undefined);
      if (over.signal.aborted) return;
      if (servedUi(directory) !== null) continue;
      await take(undefined).catch((error: unknown) => {
        if (!over.signal.aborted) report(`The Temporal UI could not be served: ${String(error)}`);
      });
    }
  };

  const url = await take(options.port);
  const turn = waitForTurn();
  if (options.port !== undefined && url !== toUiUrl(options.port)) {
    report(`Another process serves the Temporal UI already, at ${url}.`);
  }
  return {
    get url() {
      return servedUi(directory) ?? url;
    },
    [Symbol.asyncDispose]: async () => {
      over.abort();
      await turn;
      if (!listener) return;
      await listener[Symbol.asyncDispose]();
      saveUiRecord(directory, { port: Number(new URL(url).port), holder: null });
    },
  };
}

/** Listens on a port of this machine alone. */
async function listen(port: number, options: ServeOptions): Promise<AsyncDisposable> {
  const { guard, server, codecUrl } = options;
  const pages = createUiPages({ executable: () => server().executable, codecUrl });
  const api = createUiApi(() => server().api);
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (!(await guard(request, response))) return;
    const isApi = /^\/api\/(?!v1\/settings(?:\?|$))/.test(request.url ?? '');
    await (isApi ? api.answer(request, response) : pages.answer(request, response));
  };
  const listener = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else response.writeHead(502, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ message: messageOf(error) }));
    });
  });
  await listening(listener, port);
  return {
    [Symbol.asyncDispose]: async () => {
      const closed = new Promise((resolve) => listener.close(resolve));
      listener.closeAllConnections();
      await closed;
      api.close();
      await pages.close();
    },
  };
}

async function listening(listener: Server, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    listener.once('error', reject);
    listener.listen(port, '127.0.0.1', resolve);
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
