// Where the configuration stands: the named file, or the first folder from the working directory upwards that has one.
import { access } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { ConfigError } from './problem.ts';

/** The endings of a configuration file; the name before them is `longhaul.config`. */
const ENDINGS = ['ts', 'mts', 'js', 'mjs', 'json', 'yaml', 'yml'] as const;

/** The configuration file in force, absolute; `null` when there is none. */
export async function findConfigFile(workingDirectory: string): Promise<string | null> {
  let directory = resolve(workingDirectory);
  for (;;) {
    const candidates = ENDINGS.map((ending) => join(directory, `longhaul.config.${ending}`));
    const present = await Promise.all(candidates.map(exists));
    const [found, ...more] = candidates.filter((_, index) => present[index]);
    if (found !== undefined && more.length > 0) {
      throw new ConfigError(
        [found, ...more].map((source) => ({
          source,
          path: '',
          message: 'one of several in one folder; keep one, or name it with --config',
        })),
      );
    }
    if (found !== undefined) return found;
    const parent = dirname(directory);
    if (parent === directory) return null;
    directory = parent;
  }
}

/** Whether something can be seen at a path. */
async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
