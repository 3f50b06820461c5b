// Serves the Temporal UI of a data directory: the pages of the Temporal CLI, over the API of the running server. The CLI
// would serve both by itself, to every program of this machine. Invariants:
// 1. Nothing is answered that the guard has not let pass, be it a page.
// 2. One process serves it; when that one ends, another takes its place at the same address.
import type { IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../../contract/text.ts';
import type { Refusal } from '../../../http/guards.ts';
import { listen, sendJson, sendRefusal } from '../../../http/server.ts';
import type { DataDirectory } from '../../data-directory.ts';
import { withLock } from '../../lock.ts';
import { choosePort } from '../../ports.ts';
import { ownIdentity } from '../../process-identity.ts';
import type { ServerState } from '../server-state.ts';
import { createUiApi } from './api.ts';
import { loadUiRecord, saveUiRecord, servedUi, toUiUrl } from './holder.ts';
import { createUiPages } from './pages.ts';

/** The refusal of a request; `null` for one that may pass. */
export type UiGuard = (request: IncomingMessage) => Promise<Refusal | null>;

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

/** How often a process that waits for its turn checks, in milliseconds. */
const CHECK_MS = 1_000;

/**
 * Serves the UI, or waits until the process that serves it has ended.
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
        const fresh = await serve(port, options);
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
      await sleep(CHECK_MS, undefined, { ref: false, signal: over.signal }).catch(() => undefined);
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

/** Serves it on a port of this machine alone. */
async function serve(port: number, options: ServeOptions): Promise<AsyncDisposable> {
  const { guard, server, codecUrl } = options;
  const pages = createUiPages({ executable: () => server().executable, codecUrl });
  const api = createUiApi(() => server().api);
  const setWith = { host: '--host', port: '--ui-port' };
  const listener = await listen(
    {
      ...{ host: '127.0.0.1', port, setWith },
      onFailure: (error, response) => {
        if (response.headersSent) response.destroy();
        else sendJson(response, 502, { message: messageOf(error) });
      },
    },
    async (request, response) => {
      const refusal = await guard(request);
      const isApi = /^\/api\/(?!v1\/settings(?:\?|$))/.test(request.url ?? '');
      if (refusal) sendRefusal(response, refusal);
      else await (isApi ? api : pages).answer(request, response);
    },
  );
  return {
    [Symbol.asyncDispose]: async () => {
      await listener[Symbol.asyncDispose]();
      api.close();
      await pages.close();
    },
  };
}
