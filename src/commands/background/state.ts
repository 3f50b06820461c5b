// Which background worker a data directory has: one record, replaced as a whole.
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  isAlive,
  isProcessIdentity,
  type ProcessIdentity,
} from '../../temporal/embedded/process-identity.ts';

/** What a background worker is to other processes on the data directory. */
export const BACKGROUND_ROLE = 'background worker';

/** The background worker that was started last. */
export interface BackgroundState extends ProcessIdentity {
  /** Of the configuration that it was started with. */
  readonly fingerprint: string;
  /** Of Longhaul. */
  readonly version: string;
  /** Whether it was told to stop, so that no session starts it again. */
  readonly stopped: boolean;
}

/** Reads the record; `null` when there is none that can be read. */
export function readBackgroundState(dataDirectory: string): BackgroundState | null {
  try {
    const value: unknown = JSON.parse(readFileSync(fileIn(dataDirectory), 'utf8'));
    return isBackgroundState(value) ? value : null;
  } catch {
    return null;
  }
}

/** Writes the record. */
export function writeBackgroundState(dataDirectory: string, state: BackgroundState): void {
  const fresh = `${fileIn(dataDirectory)}.new`;
  writeFileSync(fresh, `${JSON.stringify(state, undefined, 2)}\n`, { mode: 0o600 });
  renameSync(fresh, fileIn(dataDirectory));
}

/** The record of a worker that lives; `null` otherwise. */
export function liveBackgroundWorker(dataDirectory: string): BackgroundState | null {
  const state = readBackgroundState(dataDirectory);
  return state && isAlive(state) ? state : null;
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
