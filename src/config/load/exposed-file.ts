// A configuration that was found decides what runs, as this user. So it is taken only where no other user can have written it: neither
// the file, nor what it imports by relative path, nor the folder that they are in. One that was named, its user has judged.
import { realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import { findExposure, toWord, type Machine } from '../../trust/index.ts';
import { ConfigError } from '../explain/problem.ts';

/**
 * Refuses a file that others could have written.
 *
 * @param paths the file, and what it imports
 * @throws {ConfigError} naming what is exposed, and the command that mends it
 */
export function refuseExposed(file: string, paths: Iterable<string>, machine?: Machine): void {
  const real = [...paths].flatMap((path) => [path, realpathSync(path)]);
  const seen = new Set(real.flatMap((path) => [dirname(path), path]));
  const problems = [...seen].flatMap((path) => {
    const exposure = findExposure(path, machine);
    if (exposure === null) return [];
    const message = `${exposure.why}, and a configuration found here decides what runs as you: ${exposure.command}, or name it by --config ${toWord(file)} if you trust it`;
    return [{ source: path, path: '', message }];
  });
  if (problems.length > 0) throw new ConfigError(problems);
}
