// Which process serves the Temporal UI of a data directory, and where. The record outlives the process, so that the next one
// takes the same port and links to tasks stay good. Invariant: at most one process serves it.
import * as z from 'zod';
import type { DataDirectory } from '../../data-directory.ts';
import { isAlive, processIdentitySchema } from '../../process-identity.ts';
import { readRecord, writeRecord } from '../../record.ts';
import { portSchema } from '../server-state.ts';

const uiSchema = z.object({
  port: portSchema,
  /** `null` when it has ended in order. */
  holder: processIdentitySchema.nullable().catch(null),
});

/** Who serves the UI, or served it last. */
export type UiRecord = Readonly<z.infer<typeof uiSchema>>;

export function loadUiRecord({ uiFile }: DataDirectory): UiRecord | null {
  return readRecord(uiFile, uiSchema);
}

export function saveUiRecord({ uiFile }: DataDirectory, record: UiRecord): void {
  writeRecord(uiFile, record);
}

/** Where the UI is served now; `null` where no process serves it. */
export function servedUi(directory: DataDirectory): string | null {
  const { port, holder } = loadUiRecord(directory) ?? { port: 0, holder: null };
  return holder && isAlive(holder) ? toUiUrl(port) : null;
}

export function toUiUrl(port: number): string {
  return `http://127.0.0.1:${port}`;
}
