// The end of what a directory keeps: whatever was last written too long ago goes. A bucket has a rule of its own for that.
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { STAGED } from './directory-store.ts';

/** How long an object may wait for its name, in milliseconds: its writer is gone by then. */
const STAGED_MS = 86_400_000;

/**
 * Removes what was last written before an instant, and what has waited for its name for a day; what cannot be read is left for the next time.
 *
 * @param before milliseconds since the epoch
 * @returns how many objects went
 */
export async function sweepDirectory(directory: string, before: number): Promise<number> {
  let removed = 0;
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch(
    () => [],
  );
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Infinity }));
    const isLeft = STAGED.test(entry.name) && mtimeMs < Date.now() - STAGED_MS;
    if (mtimeMs >= before && !isLeft) continue;
    await rm(path, { force: true });
    removed += 1;
  }
  return removed;
}

const SWEEP_MS = 3_600_000;

/** Sweeps a directory now and then, until disposed. `keepMs`: how long after its last write an object stays. */
export function startSweeping(
  directory: string,
  keepMs: number,
  onFailure: (error: unknown) => void,
): Disposable {
  const sweep = () => {
    sweepDirectory(directory, Date.now() - keepMs).catch(onFailure);
  };
  sweep();
  const timer = setInterval(sweep, SWEEP_MS).unref();
  return {
    [Symbol.dispose]: () => {
      clearInterval(timer);
    },
  };
}
