// A data directory seen from outside, by a process that does not use its server: what runs there, and an end to it.
import { findDataDirectory } from '../data-directory.ts';
import { describeServer, type EmbeddedServer } from './embedded-server.ts';
import { readLeases, type Member } from '../leases.ts';
import { withLock } from '../lock.ts';
import { stopServer } from './server.ts';
import { loadServerState, runningServer } from './server-state.ts';

export interface DataDirectoryReport {
  /** The server that runs, or that ran last; `undefined` when none ever did. */
  readonly server: EmbeddedServer | undefined;
  readonly running: boolean;
  /** The live processes that use the server. */
  readonly members: readonly Member[];
}

/** Describes a data directory, which need not exist; changes nothing and starts nothing. */
export async function readDataDirectory(path: string): Promise<DataDirectoryReport> {
  const directory = await findDataDirectory(path);
  if (!directory) return { server: undefined, running: false, members: [] };
  const state = loadServerState(directory);
  return {
    server: state && describeServer(directory, state),
    running: runningServer(directory) !== undefined,
    members: (await readLeases(directory)).members,
  };
}

/**
 * Stops the server of a data directory in order, also while processes use it; its members leave it down. To let them finish first,
 * end them before (`readDataDirectory` names them). Returns whether a server ran.
 */
export async function stopEmbeddedServer(path: string): Promise<boolean> {
  const directory = await findDataDirectory(path);
  if (!directory || !loadServerState(directory)) return false;
  return withLock(directory.lock, () => stopServer(directory));
}
