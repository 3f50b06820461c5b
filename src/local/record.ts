// What processes write down in a data directory for those that come later. Invariant: a record is written whole or not at all, and
// one that cannot be read, has another form, or could have been written by another user counts as absent.
import type * as z from 'zod';
import { readPrivateFile, writePrivateFile } from '../trust/index.ts';

export function readRecord<Schema extends z.ZodType>(
  file: string,
  schema: Schema,
): z.output<Schema> | null {
  try {
    return schema.parse(JSON.parse(readPrivateFile(file) ?? ''));
  } catch {
    return null;
  }
}

/** Synchronous, so that what a process has started is unrecorded no longer than this takes. */
export function writeRecord(file: string, record: object): void {
  writePrivateFile(file, `${JSON.stringify(record, undefined, 2)}\n`);
}
