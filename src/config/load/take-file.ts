// Which file is the configuration, and whether it may be taken. Invariant: nothing of a file is run before it may be.
import { resolve } from 'node:path';
import { homeDirectory } from '../../trust/index.ts';
import { refuseUnapproved } from './approval.ts';
import { refuseExposed } from './exposed-file.ts';
import { toName } from './file-name.ts';
import { findConfigFile } from './find-file.ts';
import { readConfigFile, type ConfigSource } from './read-file.ts';

type Env = Readonly<Record<string, string | undefined>>;

export interface LocateOptions {
  /** The one that is named, relative to the working directory. */
  readonly file?: string | undefined;
  readonly workingDirectory: string;
  readonly env: Env;
}

interface LocatedFile {
  /** Absolute. */
  readonly file: string;
  readonly isNamed: boolean;
}

/** The file in force; `file` is `null` when none was named and there is none to be found. */
export async function locateConfigFile({
  file,
  workingDirectory,
  env,
}: LocateOptions): Promise<{ readonly file: string | null; readonly isNamed: boolean }> {
  const named = file ?? env['LONGHAUL_CONFIG'] ?? '';
  return named === ''
    ? { file: await findConfigFile(workingDirectory, homeDirectory(env)), isNamed: false }
    : { file: resolve(workingDirectory, named), isNamed: true };
}

export interface TakeOptions extends LocatedFile, Omit<LocateOptions, 'file'> {
  /** Whether a file that was found has to be approved before it may run, read secrets or write elsewhere. */
  readonly needsApproval?: boolean | undefined;
}

/**
 * What a file says, which for code is known when it has run.
 *
 * @throws {ConfigError} when it cannot be read, or may not be taken
 */
export async function takeConfigFile({
  file,
  isNamed,
  workingDirectory,
  env,
  needsApproval = false,
}: TakeOptions): Promise<ConfigSource> {
  const name = toName(file, workingDirectory);
  if (!isNamed) refuseExposed(file, [file]);
  const text = await readConfigFile(file, name);
  if (!isNamed) refuseExposed(file, text.contents.keys());
  if (!isNamed && needsApproval) refuseUnapproved(file, name, text, env);
  return text.run(env);
}
