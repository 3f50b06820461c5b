// Which background worker a data directory has: one record, replaced as a whole. Invariant: a process that was not started as the
// worker of this directory is none, whatever the record says.
import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import {
  isAlive,
  processIdentitySchema,
  readRecord,
  wasStartedWith,
  writeRecord,
} from '../../local/index.ts';

/** What a background worker is to other processes on the data directory. */
export const BACKGROUND_ROLE = 'background worker';

const stateSchema = processIdentitySchema.extend({
  /** Of the configuration that it was started with. */
  fingerprint: z.string(),
  /** Of Longhaul. */
  version: z.string(),
  /** Whether an operator stopped it, so that no session starts it again. */
  stopped: z.boolean(),
});

/** The background worker that was started last. */
export type BackgroundState = Readonly<z.infer<typeof stateSchema>>;

/** Reads the record; `null` when there is none that can be read. */
export function readBackgroundState(dataDirectory: string): BackgroundState | null {
  return readRecord(fileIn(dataDirectory), stateSchema);
}

export function writeBackgroundState(dataDirectory: string, state: BackgroundState): void {
  writeRecord(fileIn(dataDirectory), state);
}

/** The record of a worker that lives; `null` otherwise. */
export function liveBackgroundWorker(dataDirectory: string): BackgroundState | null {
  const state = readBackgroundState(dataDirectory);
  return state && isBackgroundWorker(dataDirectory, state) ? state : null;
}

/** Whether the process that is on record lives and is the background worker of this data directory. */
export function isBackgroundWorker(dataDirectory: string, state: BackgroundState): boolean {
  if (!isAlive(state)) return false;
  return wasStartedWith(state.pid, ...workerArguments(realpathSync(dataDirectory)));
}

/** What the background worker of a data directory is started with. `path`: without links. */
export function workerArguments(path: string): readonly string[] {
  return ['worker', '--background', '--data-dir', path];
}

function fileIn(dataDirectory: string): string {
  return join(dataDirectory, 'worker.json');
}
