// A client starts `longhaul stdio` in whatever folder is open, so what is found there is not yet what its user wants. A file that could
// do something to the machine is taken once its user has named or approved it.
import { dirname } from 'node:path';
import { readApproval, toWord, type Approvable } from '../../trust/index.ts';
import { refuseExposed } from './exposed-file.ts';
import { listContents, listPowers } from './powers.ts';
import { ConfigError } from '../explain/problem.ts';
import { readConfigFile, type ConfigText } from './read-file.ts';
import { toName } from './file-name.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** What a file could do, and what its approval is about. */
export interface Powers {
  readonly powers: readonly string[];
  readonly approvable: Approvable;
}

/**
 * Reads a file without running anything of it.
 *
 * @throws {ConfigError} when it cannot be read, or others could have written it
 */
export async function readPowers(file: string, workingDirectory: string): Promise<Powers> {
  refuseExposed(file, [file]);
  const text = await readConfigFile(file, toName(file, workingDirectory));
  refuseExposed(file, text.contents.keys());
  return toPowers(file, text);
}

/** @throws {ConfigError} for a file that needs an approval and has none as it is */
export function refuseUnapproved(file: string, name: string, text: ConfigText, env: Env): void {
  const { powers, approvable } = toPowers(file, text);
  if (powers.length === 0) return;
  const approval = readApproval(env, approvable);
  if (approval === 'approved') return;
  const why =
    approval === 'changed' ? 'it has changed since you approved it' : 'nobody has approved it yet';
  const word = toWord(file);
  const message = `it was found and not named, ${powers.slice(0, 3).join(', ')}, and ${why}: look at it, then run \`longhaul trust ${word}\`, or have the client start the server with --config ${word}`;
  throw new ConfigError([{ source: name, path: '', message }]);
}

function toPowers(file: string, text: ConfigText): Powers {
  const directory = dirname(file);
  const approvable = { file, contents: listContents(text, directory) };
  return { powers: listPowers(text, directory), approvable };
}
