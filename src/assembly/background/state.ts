// Which background worker a data directory has: one record, replaced as a whole. Invariant: a process that was not started as the
// worker of this directory is none, whatever the record says.
import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import {
  isAlive,
  isProcessIdentity,
  wasStartedWith,
  type ProcessIdentity,
} from '../../local/index.ts';
import { readPrivateFile, writePrivateFile } from '../../trust/index.ts';

/** What a background worker is to other processes on the data directory. */
export const BACKGROUND_ROLE = 'background worker';

/** The background worker that was started last. */
export interface BackgroundState extends ProcessIdentity {
  /** Of the configuration that it was started with. */
  readonly fingerprint: string;
  /** Of Longhaul. */
  readonly version: string;
  /** Whether an operator stopped it, so that no session starts it again. */
  readonly stopped: boolean;
}

/** Reads the record; `null` when there is none that can be read. */
export function readBackgroundState(dataDirectory: string): BackgroundState | null {
  try {
    const value: unknown = JSON.parse(readPrivateFile(fileIn(dataDirectory)) ?? '');
    return isBackgroundState(value) ? value : null;
  } catch {
    return null;
  }
}

export function writeBackgroundState(dataDirectory: string, state: BackgroundState): void {
  writePrivateFile(fileIn(dataDirectory), `${JSON.stringify(state, undefined, 2)}\n`);
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

function isBackgroundState(value: unknown): value is BackgroundState {
  if (!isProcessIdentity(value)) return false;
  const { fingerprint, version, stopped }: Partial<Record<keyof BackgroundState, unknown>> = value;
  return (
    typeof fingerprint === 'string' && typeof version === 'string' && typeof stopped === 'boolean'
  );
}
