// Where the configuration stands when it is not named: the first folder from the working directory upwards that has one. As git does,
// the search goes no further than a repository's root, the user's own folder and the border of a file system: what is above may
// belong to others.
import { existsSync } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { ConfigError } from '../explain/problem.ts';

/** The endings of a configuration file; the name before them is `longhaul.config`. */
const ENDINGS = ['ts', 'mts', 'js', 'mjs', 'json', 'yaml', 'yml'] as const;

/** The configuration file in force, absolute; `null` when there is none. `home`: the user's own folder. */
export async function findConfigFile(
  workingDirectory: string,
  home: string,
): Promise<string | null> {
  let directory = resolve(workingDirectory);
  const last = await realpath(home).catch(() => home);
  for (;;) {
    const candidates = ENDINGS.map((ending) => join(directory, `longhaul.config.${ending}`));
    const present = candidates.filter((candidate) => existsSync(candidate));
    const [found] = present;
    if (present.length > 1) {
      const message = 'one of several in one folder; keep one, or name it with --config';
      throw new ConfigError(present.map((source) => ({ source, path: '', message })));
    }
    if (found !== undefined) return found;
    const parent = dirname(directory);
    const isLast = parent === directory || directory === last || directory === home;
    if (isLast || existsSync(join(directory, '.git'))) return null;
    if (!(await areOnOneFileSystem(directory, parent))) return null;
    directory = parent;
  }
}

async function areOnOneFileSystem(one: string, other: string): Promise<boolean> {
  try {
    return (await stat(one)).dev === (await stat(other)).dev;
  } catch {
    return false;
  }
}
