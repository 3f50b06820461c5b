// The life of an embedded server: a data directory has at most one, the first process that needs it starts it, every
// process that uses it holds a lease, any of them brings it back when it dies, and the last one that leaves stops it.
import type { KeyObject } from 'node:crypto';
import { openDataDirectory } from '../data-directory.ts';
import { describeServer, type EmbeddedServer } from './embedded-server.ts';
import { openInstallationKey } from '../installation-key.ts';
import type { ServerExecutable } from './launch.ts';
import { addLease, readLeases, removeLease } from '../leases.ts';
import { withLock } from '../lock.ts';
import type { NamespaceOptions } from './namespace.ts';
import { reuseServer, startServer, stopServer, type ServerOptions } from './server.ts';
import type { ServerState } from './server-state.ts';
import { superviseServer } from './supervisor.ts';
import { serveUi, type Ui, type UiOptions } from './ui/serve.ts';

/** How to use the embedded server of a data directory. */
export interface JoinOptions
  extends Pick<ServerOptions, 'port' | 'report'>, Partial<NamespaceOptions> {
  /** The data directory; made when absent. */
  readonly dataDirectory: string;
  /** What this process is: the name of its command, which `readDataDirectory` shows. */
  readonly role: string;
  /** Finds the Temporal CLI; called only when a server has to be started, also later, after it died. */
  readonly findCli: () => Promise<ServerExecutable>;
  /** Ends the joining, not the membership. */
  readonly signal?: AbortSignal | undefined;
}

/** The use of an embedded server by this process. */
export interface Membership extends AsyncDisposable {
  /** The server now; its address stays the same when it is started again, unless another program took the port. */
  readonly server: EmbeddedServer;
  /** Whether the server ran already. */
  readonly reused: boolean;
  /** The key of the installation that the data directory is. */
  readonly installationKey: KeyObject;
  /** Serves the Temporal UI, from now on or from when the process that serves it ends. To be closed before leaving. */
  readonly serveUi: (options: UiOptions) => Promise<Ui>;
  /** Gives the lease back and, as the last member, stops the server in order. Repeating it changes nothing. */
  readonly leave: () => Promise<void>;
}

const RETENTION_MS = 48 * 60 * 60 * 1_000;

/**
 * Joins the processes that use the embedded server of a data directory, and starts the server when none runs.
 *
 * @throws {Error} when the server does not start, with the end of its log; when a given port is taken
 */
export async function joinDataDirectory(options: JoinOptions): Promise<Membership> {
  const { report, signal } = options;
  const directory = await openDataDirectory(options.dataDirectory);
  const installationKey = await openInstallationKey(directory);
  const serverOptions: ServerOptions = {
    directory,
    port: options.port,
    retentionMs: options.retentionMs ?? RETENTION_MS,
    searchAttributes: options.searchAttributes ?? {},
    report,
    signal,
  };
  const enter = (executable?: ServerExecutable): Promise<Entry | undefined> =>
    withLock(
      directory.lock,
      async () => {
        const running = await reuseServer(serverOptions);
        const state = running ?? (executable && (await startServer(executable, serverOptions)));
        if (!state) return undefined;
        return {
          state,
          reused: running !== undefined,
          lease: await addLease(directory, options.role),
        };
      },
      {
        signal,
        onWait: (pid) => {
          report(`Waiting for process ${pid}, which starts or stops the Temporal server ...`);
        },
      },
    );

  // Finding the CLI may take minutes, far too long for the lock; meanwhile another process may have been faster.
  const entry = (await enter()) ?? (await enter(await options.findCli()));
  if (!entry) throw new Error('unreachable: a server either runs or was started');
  if (entry.reused) reportOtherPort(entry.state, options);
  const supervisor = superviseServer(entry.state, options.findCli, {
    ...serverOptions,
    signal: undefined,
  });

  const leave = async (): Promise<void> => {
    await supervisor.stop();
    await withLock(directory.lock, async () => {
      await removeLease(entry.lease);
      const { members, dead } = await readLeases(directory);
      for (const file of dead) await removeLease(file);
      if (members.length === 0) await stopServer(directory);
    });
  };
  let left: Promise<void> | undefined;
  const leaveOnce = (): Promise<void> => (left ??= leave());
  return {
    serveUi: (ui) => serveUi({ ...ui, directory, server: () => supervisor.state }),
    get server() {
      return describeServer(directory, supervisor.state);
    },
    reused: entry.reused,
    installationKey,
    leave: leaveOnce,
    [Symbol.asyncDispose]: leaveOnce,
  };
}

interface Entry {
  readonly state: ServerState;
  readonly reused: boolean;
  readonly lease: string;
}

function reportOtherPort(state: ServerState, { port, report }: JoinOptions): void {
  if (port === undefined || port === state.port) return;
  report(
    `The Temporal server runs already, on port ${state.port}; \`longhaul stop\` frees the choice.`,
  );
}
