// The record of the embedded server in a data directory. It outlives the server, so that the next one takes the same
// ports and clients need no new address. Invariant: it is written whole or not at all; anything unreadable, and what another
// user could have written, reads as absent.
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { readPrivateFile, writePrivateFile } from '../../trust/index.ts';
import type { DataDirectory } from '../data-directory.ts';
import { wasStartedWith } from '../process-command.ts';
import { isAlive, isProcessIdentity, type ProcessIdentity } from '../process-identity.ts';

/** The HTTP API of a server, through which the Temporal UI is served. It answers every program that calls it by this name. */
export interface ServerApi {
  readonly port: number;
  /** Made for each start, and written nowhere a web page could read it. */
  readonly host: string;
}

/** A server that was started. */
export interface ServerState extends ProcessIdentity {
  readonly port: number;
  /** `null` for a server of an older Longhaul, whose API and UI answer every program. */
  readonly api: ServerApi | null;
  /** Of the Temporal server, such as `1.32.0`. */
  readonly version: string;
  /** The Temporal CLI that runs it. */
  readonly executable: string;
  /** Its SQLite file. */
  readonly database: string;
  /** Whether it was stopped on purpose, so that no member starts it again. */
  readonly stopped: boolean;
}

/** The last server of the directory, or `undefined` when there was none; whether it runs is another question. */
export function loadServerState(directory: DataDirectory): ServerState | undefined {
  try {
    const value: unknown = JSON.parse(readPrivateFile(directory.stateFile) ?? '');
    if (!isServerState(value)) return undefined;
    const { pid, startTime, port, api, version, executable, database, stopped } = value;
    const known = isServerApi(api) ? api : null;
    return { pid, startTime, port, api: known, version, executable, database, stopped };
  } catch {
    return undefined;
  }
}

/** Writes the record; synchronous, so that no server can run unrecorded for longer than this takes. */
export function saveServerState(directory: DataDirectory, state: ServerState): void {
  // An older Longhaul takes a record without this port for none, and would start a second server.
  const record = { ...state, uiPort: state.port };
  writePrivateFile(directory.stateFile, `${JSON.stringify(record, undefined, 2)}\n`);
}

/** The server that runs on the directory; it need not be ready. */
export function runningServer(directory: DataDirectory): ServerState | undefined {
  const state = loadServerState(directory);
  return state && isAlive(state) && isServerOf(directory, state) ? state : undefined;
}

/** Whether the process is a server on the directory's database, also where the directory has been moved since. */
function isServerOf({ path }: DataDirectory, { pid, database }: ServerState): boolean {
  if (!wasStartedWith(pid, '--db-filename', database)) return false;
  return dirname(database) === path || !existsSync(database);
}

function isServerState(value: unknown): value is ServerState {
  if (!isProcessIdentity(value)) return false;
  const record: Partial<Record<keyof ServerState, unknown>> = value;
  return (
    isPort(record.port) &&
    typeof record.version === 'string' &&
    typeof record.executable === 'string' &&
    typeof record.database === 'string' &&
    typeof record.stopped === 'boolean'
  );
}

function isServerApi(value: unknown): value is ServerApi {
  if (typeof value !== 'object' || value === null) return false;
  const { port, host }: Partial<Record<keyof ServerApi, unknown>> = value;
  return isPort(port) && typeof host === 'string';
}

function isPort(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) > 0 && Number(value) < 65_536;
}
