// What others need to know about the server of a data directory.
import type { DataDirectory } from '../data-directory.ts';
import { NAMESPACE } from './readiness.ts';
import { addressOf } from './server.ts';
import type { ServerState } from './server-state.ts';
import { servedUi } from './ui/holder.ts';

export interface EmbeddedServer {
  /** `host:port` of the frontend. */
  readonly address: string;
  readonly namespace: string;
  /** Where people see tasks; `null` while no process serves the UI. */
  readonly uiUrl: string | null;
  readonly pid: number;
  /** Of the Temporal server, such as `1.32.0`. */
  readonly version: string;
  /** The Temporal CLI that runs it. */
  readonly executable: string;
  /** Its SQLite file. */
  readonly database: string;
  readonly logFile: string;
}

export function describeServer(directory: DataDirectory, state: ServerState): EmbeddedServer {
  return {
    address: addressOf(state),
    namespace: NAMESPACE,
    uiUrl: servedUi(directory),
    pid: state.pid,
    version: state.version,
    executable: state.executable,
    database: state.database,
    logFile: directory.logFile,
  };
}
