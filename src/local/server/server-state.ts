// The record of the embedded server in a data directory. It outlives the server, so that the next one takes the same
// ports and clients need no new address.
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import * as z from 'zod';
import type { DataDirectory } from '../data-directory.ts';
import { wasStartedWith } from '../process-command.ts';
import { isAlive, processIdentitySchema } from '../process-identity.ts';
import { readRecord, writeRecord } from '../record.ts';

export const portSchema = z.int().min(1).max(65_535);

const apiSchema = z.object({
  port: portSchema,
  /** Made for each start, and written nowhere a web page could read it. */
  host: z.string(),
});

/** The HTTP API of a server, through which the Temporal UI is served. It answers every program that calls it by this name. */
export type ServerApi = Readonly<z.infer<typeof apiSchema>>;

const stateSchema = processIdentitySchema.extend({
  port: portSchema,
  /** `null` for a server of an older Longhaul, whose API and UI answer every program. */
  api: apiSchema.nullable().catch(null),
  /** Of the Temporal server, such as `1.32.0`. */
  version: z.string(),
  /** The Temporal CLI that runs it. */
  executable: z.string(),
  /** Its SQLite file. */
  database: z.string(),
  /** Whether it was stopped on purpose, so that no member starts it again. */
  stopped: z.boolean(),
});

export type ServerState = Readonly<z.infer<typeof stateSchema>>;

/** The last server of the directory, or `undefined` when there was none; whether it runs is another question. */
export function loadServerState({ stateFile }: DataDirectory): ServerState | undefined {
  return readRecord(stateFile, stateSchema) ?? undefined;
}

export function saveServerState({ stateFile }: DataDirectory, state: ServerState): void {
  // An older Longhaul takes a record without this port for none, and would start a second server.
  writeRecord(stateFile, { ...state, uiPort: state.port });
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
