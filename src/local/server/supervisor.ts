// Supervises the server while this process uses it. When it dies, one of its members starts it again on the same
// database and ports, so that clients reconnect by themselves. A server that was stopped on purpose stays down.
import type { ServerExecutable } from './launch.ts';
import { withLock } from '../lock.ts';
import { isAlive } from '../process-identity.ts';
import { addressOf, reuseServer, startServer, type ServerOptions } from './server.ts';
import {
  loadServerState,
  runningServer,
  saveServerState,
  type ServerState,
} from './server-state.ts';

/** How often a member checks the server, in milliseconds. */
const CHECK_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;

export interface Supervisor {
  /** The server as it was last seen running. */
  readonly state: ServerState;
  /** Ends the checks, and a restart that has begun. */
  stop(): Promise<void>;
}

export function superviseServer(
  state: ServerState,
  findCli: () => Promise<ServerExecutable>,
  options: ServerOptions,
): Supervisor {
  const { directory, report } = options;
  const ending = new AbortController();
  let current = state;
  let work: Promise<void> | undefined;
  let pauseMs = CHECK_MS;
  let pausedUntil = 0;

  const check = (): void => {
    if (work || performance.now() < pausedUntil) return;
    const running = runningServer(directory);
    if (running) current = running;
    if (running || loadServerState(directory)?.stopped) return;
    work = recover()
      .then(() => {
        pauseMs = CHECK_MS;
      })
      .catch((error: unknown) => {
        if (ending.signal.aborted) return;
        pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
        pausedUntil = performance.now() + pauseMs;
        report(`The Temporal server could not be started again: ${String(error)}`);
      })
      .finally(() => {
        work = undefined;
      });
  };

  const recover = async (): Promise<void> => {
    const executable = await findCli();
    await withLock(
      directory.lock,
      async () => {
        if (loadServerState(directory)?.stopped) return;
        if (!runningServer(directory) && isAlive(current)) {
          saveServerState(directory, current); // someone deleted the record of a server that runs
          return;
        }
        const running = await reuseServer(again);
        if (running) {
          current = running;
          return;
        }
        const { pid } = current;
        current = await startServer(executable, again);
        report(
          `The Temporal server (process ${pid}) died; process ${current.pid} continues at ${addressOf(current)}.`,
        );
      },
      { signal: ending.signal },
    );
  };

  const again: ServerOptions = {
    ...options,
    port: undefined,
    signal: ending.signal,
  };
  const timer = setInterval(check, CHECK_MS).unref();
  return {
    get state() {
      return current;
    },
    stop: async () => {
      clearInterval(timer);
      ending.abort();
      await work;
    },
  };
}
