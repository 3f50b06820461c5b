// Starts and stops the Temporal development server of a data directory. The caller holds the directory's lock.
// Invariants: a server is on record from the moment it exists; never two servers on one database; the server outlives
// the process that started it and does not hear its terminal's Ctrl-C.
import { readFileSync, statSync } from 'node:fs';
import { rotateLog } from '../../trust/index.ts';
import { markDatabaseReady, prepareDatabase } from './database.ts';
import type { DataDirectory } from '../data-directory.ts';
import { prepareNamespace, type NamespaceOptions } from './namespace.ts';
import { launchServer, type ServerExecutable } from './launch.ts';
import { choosePort, freePort } from '../ports.ts';
import { isAlive } from '../process-identity.ts';
import { awaitReady, READY_LIMIT_MS } from './readiness.ts';
import {
  loadServerState,
  runningServer,
  saveServerState,
  type ServerState,
} from './server-state.ts';
import { stopProcess } from '../stop-process.ts';

export interface ServerOptions extends NamespaceOptions {
  readonly directory: DataDirectory;
  /** Port of the frontend; the one of the last server, or any free one, unless given. */
  readonly port?: number | undefined;
  /** Receives lines for people. */
  readonly report: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
}

const LOG_LINES = 15;
/** A port that was free a moment ago may be gone when the server asks for it; one that says nothing was killed. */
const TRIES = 3;

/** Where clients find the frontend of a server. */
export function addressOf(state: ServerState): string {
  return `127.0.0.1:${state.port}`;
}

/**
 * The server that runs on the directory, ready and prepared; `undefined` when there is none. One that lives and does
 * not answer is ended, and so is one that answers web pages.
 */
export async function reuseServer(options: ServerOptions): Promise<ServerState | undefined> {
  const state = runningServer(options.directory);
  if (!state) return undefined;
  if (state.api && (await prepare(state, options))) return state;
  const why = state.api ? 'does not answer' : 'is of an older Longhaul';
  options.report(`The Temporal server (process ${state.pid}) ${why} and is started again.`);
  await stopProcess(state);
  return undefined;
}

/** Starts a server on the directory's database; no other may run on it. */
export async function startServer(
  executable: ServerExecutable,
  options: ServerOptions,
): Promise<ServerState> {
  const { directory, report } = options;
  const { logFile } = directory;
  const database = await prepareDatabase(directory, executable.serverVersion, report);
  rotateLog(logFile);
  for (let attempt = 1; ; attempt += 1) {
    const { size: logStart = 0 } = statSync(logFile, { throwIfNoEntry: false }) ?? {};
    const port = await choosePort('port', options.port, loadServerState(directory)?.port);
    const apiPort = await freePort([port]);
    const state = launchServer(executable, database, { port, apiPort }, directory);
    try {
      if (await prepare(state, options)) return state;
    } catch (error) {
      await stopProcess(state);
      throw error;
    }
    const ended = !isAlive(state);
    await stopProcess(state);
    const log = readFileSync(logFile).subarray(logStart).toString('utf8');
    const worthAnother = log.trim() === '' || log.includes('address already in use');
    if (ended && attempt < TRIES && worthAnother) continue;
    throw new Error(failure(executable, directory, ended, log));
  }
}

/** Ends the recorded server in order and notes that this was meant. Returns whether one ran. */
export async function stopServer(directory: DataDirectory): Promise<boolean> {
  const state = runningServer(directory);
  if (!state) return false;
  try {
    saveServerState(directory, { ...state, stopped: true });
  } finally {
    await stopProcess(state); // also where the disk is full
  }
  return true;
}

async function prepare(state: ServerState, options: ServerOptions): Promise<boolean> {
  const connection = await awaitReady(addressOf(state), () => isAlive(state), options.signal);
  if (!connection) return false;
  try {
    // Another program may answer on the port of a server that has just ended.
    if (!isAlive(state)) return false;
    await markDatabaseReady(state.database);
    await prepareNamespace(connection, options);
    return true;
  } finally {
    await connection.close();
  }
}

function failure(
  executable: ServerExecutable,
  directory: DataDirectory,
  ended: boolean,
  log: string,
): string {
  const what = ended
    ? 'ended while it started'
    : `did not answer within ${READY_LIMIT_MS / 1000} s`;
  const lines = log.trim().split('\n').slice(-LOG_LINES);
  return [
    `The Temporal server (${executable.file}) ${what}. The end of ${directory.logFile}:`,
    ...lines.map((line) => `  ${line.slice(0, 500)}`),
  ].join('\n');
}
