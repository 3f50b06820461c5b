// Which process serves the Temporal UI of a data directory, and where. The record outlives the process, so that the next one
// takes the same port and links to tasks stay good. Invariant: at most one process serves it.
import { readPrivateFile, writePrivateFile } from '../../../trust/index.ts';
import type { DataDirectory } from '../../data-directory.ts';
import { isAlive, isProcessIdentity, type ProcessIdentity } from '../../process-identity.ts';

/** Who serves the UI, or served it last. */
export interface UiRecord {
  readonly port: number;
  /** `null` when it has ended in order. */
  readonly holder: ProcessIdentity | null;
}

/** Reads the record; `null` when there is none that can be read. */
export function loadUiRecord({ uiFile }: DataDirectory): UiRecord | null {
  try {
    const value: unknown = JSON.parse(readPrivateFile(uiFile) ?? '');
    const { port, holder } = value as Partial<Record<keyof UiRecord, unknown>>;
    if (!Number.isSafeInteger(port) || Number(port) < 1 || Number(port) > 65_535) return null;
    return { port: Number(port), holder: isProcessIdentity(holder) ? holder : null };
  } catch {
    return null;
  }
}

/** Writes the record, whole or not at all. */
export function saveUiRecord({ uiFile }: DataDirectory, record: UiRecord): void {
  writePrivateFile(uiFile, `${JSON.stringify(record)}\n`);
}

/** Where the UI is served now; `null` where no process serves it. */
export function servedUi(directory: DataDirectory): string | null {
  const { port, holder } = loadUiRecord(directory) ?? { port: 0, holder: null };
  return holder && isAlive(holder) ? toUiUrl(port) : null;
}

export function toUiUrl(port: number): string {
  return `http://127.0.0.1:${port}`;
}
