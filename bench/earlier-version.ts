// An earlier version of this project to measure against, built once into Longhaul's cache.
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { cacheDirectory } from '../src/local/cli/platform.ts';
import { buildCommit, findCommit } from '../test/support/processes/earlier-version.ts';

/** A built version. */
export interface EarlierVersion {
  /** The commit, shortened. */
  readonly commit: string;
  /** The folder of its project. */
  readonly path: string;
}

/**
 * Finds or builds a version. A folder of the cache is whole or absent.
 *
 * @throws {Error} when there is no such commit, or when it cannot be built
 */
export async function provideEarlierVersion(reference: string): Promise<EarlierVersion> {
  const commit = findCommit(reference);
  const path = join(cacheDirectory(process.env, homedir()), `bench-${commit}`);
  if (existsSync(path)) return { commit, path };
  process.stderr.write(`Building ${commit} (once) ...\n`);
  const fresh = `${path}.${process.pid}`;
  await mkdir(fresh, { recursive: true });
  try {
    await rename(await buildCommit(commit, fresh, true), path);
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
  return { commit, path };
}
