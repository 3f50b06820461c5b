// The cached Temporal CLI of this machine. Invariants: the file is whole and has been run before it got its name; it is
// run only while no other user could have written it and its content is the pinned one, or the one that was built here.
import { constants, existsSync, statSync } from 'node:fs';
import { chmod, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readTemporalCli, type TemporalCli } from './cli-version.ts';
import type { Environment } from '../child-environment.ts';
import { CLI_VERSION, thisTarget, type PinnedCli } from './platform.ts';
import { findExposure, MACHINE, type Machine } from '../../trust/index.ts';
import { checkDigest, digestOf } from './digest.ts';

/** Directories in which something is being fetched. */
const WORK_PREFIX = 'fetching-';

export interface CachedCli {
  /** What may be run, beside what was built here. */
  readonly pinned: PinnedCli;
  /**
   * The CLI, once it is certain that it may be run.
   *
   * @throws {Error} when it is not there, may not be run or does not run
   */
  read(): Promise<TemporalCli>;
  /**
   * Removes what killed processes left; for one process at a time, as `put` is.
   *
   * @throws {Error} when others can write there too
   */
  prepare(): Promise<void>;
  /**
   * Lets `get` work in a directory of its own and put the executable there, and gives that its place once it has run.
   *
   * @param origin a published CLI has to be the pinned one; what is built is pinned by the sums of its module
   */
  put(
    origin: 'published' | 'built',
    get: (directory: string) => Promise<string>,
  ): Promise<TemporalCli>;
}

/** @throws {Error} when no Temporal CLI is published for this machine */
export function cachedCli(
  directory: string,
  env: Environment,
  signal?: AbortSignal,
  pinned: PinnedCli = thisTarget().pinned,
): CachedCli {
  const { platform, architecture } = thisTarget();
  const file = join(directory, `temporal-cli-${CLI_VERSION}-${platform}-${architecture}`);
  const builtDigestFile = `${file}.built-sha256`;
  const checkFolder = () => {
    const mend = 'nothing there is run; set XDG_CACHE_HOME to a folder of your own';
    refuseExposed(directory, mend, SHARED);
  };
  return {
    pinned,
    read: async () => {
      if (!existsSync(file)) throw new Error(`${file} is not there`);
      checkFolder();
      refuseExposed(file, 'it was not run');
      const built = await readFile(builtDigestFile, 'utf8').catch(() => undefined);
      await checkDigest(file, [pinned.executable, ...(built === undefined ? [] : [built.trim()])]);
      return readTemporalCli(file, env, signal);
    },
    prepare: async () => {
      checkFolder();
      for (const name of await readdir(directory)) {
        if (!name.startsWith(WORK_PREFIX)) continue;
        await rm(join(directory, name), { recursive: true, force: true });
      }
    },
    put: async (origin, get) => {
      const work = await mkdtemp(join(directory, WORK_PREFIX));
      try {
        const fresh = await get(work);
        if (origin === 'published') await checkDigest(fresh, [pinned.executable]);
        else await writeFile(builtDigestFile, `${await digestOf(fresh)}\n`);
        await chmod(fresh, 0o755);
        const cli = await readTemporalCli(fresh, env, signal);
        await rename(fresh, file);
        return { ...cli, file };
      } finally {
        await rm(work, { recursive: true, force: true });
      }
    },
  };
}

/** The cache may be behind a link, and its owner may share it with a group. */
const SHARED: Machine = {
  ...MACHINE,
  stat: (path) => {
    const found = statSync(path);
    found.mode &= ~constants.S_IWGRP;
    return found;
  },
};

function refuseExposed(path: string, mend: string, machine?: Machine): void {
  const exposure = findExposure(path, machine);
  if (exposure) throw new Error(`${path} ${exposure.why}; ${mend}, or ${exposure.command}`);
}
