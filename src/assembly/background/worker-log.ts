// The log file of the background worker. Invariant: a data directory holds at most this file and the one before it, and
// a worker never begins with a file above the bound.
import { renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { openPrivateLog } from '../../trust/index.ts';

/** A file above this size is put aside when a worker is started, in bytes. */
const MAX_LOG_BYTES = 16 * 1024 * 1024;

/** Opens the log to append to it. @returns a file descriptor */
export function openWorkerLog(dataDirectory: string): number {
  const file = join(dataDirectory, 'worker.log');
  const bytes = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  // A worker that still drains goes on writing to the file that it has.
  if (bytes > MAX_LOG_BYTES) renameSync(file, `${file}.old`);
  return openPrivateLog(file);
}
