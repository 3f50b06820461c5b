// What others need to know about the server of a data directory.
import type { DataDirectory } from './data-directory.ts';
import { NAMESPACE } from './readiness.ts';
import { addressOf } from './server.ts';
import type { ServerState } from './server-state.ts';

/** A server of a data directory. */
export interface EmbeddedServer {
  /** `host:port` of the frontend. */
  readonly address: string;
  readonly namespace: string;
  /** Where people look at tasks. */
  readonly uiUrl: string;
  readonly pid: number;
  /** Of the Temporal server, such as `1.32.0`. */
  readonly version: string;
  /** The Temporal CLI that runs it. */
  readonly executable: string;
  /** Its SQLite file. */
  readonly database: string;
  readonly logFile: string;
}

/** The public view of a recorded server. */
export function describeServer(directory: DataDirectory, state: ServerState): EmbeddedServer {
  return {
    address: addressOf(state),
    namespace: NAMESPACE,
    uiUrl: `http://127.0.0.1:${state.uiPort}`,
    pid: state.pid,
    version: state.version,
    executable: state.executable,
    database: state.database,
    logFile: directory.logFile,
  };
}
