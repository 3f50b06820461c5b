// What others need to know about the server of a data directory.
import type { DataDirectory } from '../data-directory.ts';
import { NAMESPACE } from './readiness.ts';
import { addressOf } from './server.ts';
import type { ServerState } from './server-state.ts';
import { servedUi } from './ui/holder.ts';

export interface EmbeddedServer extends Pick<
  ServerState,
  'pid' | 'version' | 'executable' | 'database'
> {
  /** `host:port` of the frontend. */
  readonly address: string;
  readonly namespace: string;
  /** Where people see tasks; `null` while no process serves the UI. */
  readonly uiUrl: string | null;
  readonly logFile: string;
}

export function describeServer(directory: DataDirectory, state: ServerState): EmbeddedServer {
  const { pid, version, executable, database } = state;
  return {
    ...{ pid, version, executable, database, logFile: directory.logFile },
    ...{ address: addressOf(state), namespace: NAMESPACE, uiUrl: servedUi(directory) },
  };
}
