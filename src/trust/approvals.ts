// Which contents of which files this user has approved. Kept outside every folder that could be another user's: a line for each
// file, its hash and its path. A line that is deleted is an approval that is taken back.
import { hash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readPrivateFile, writePrivateFile } from './private-files.ts';
import { stateDirectory } from './state-directory.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** A file, and all that is approved with it. */
export interface Approvable {
  /** Absolute. */
  readonly file: string;
  /** Paths and what they hold, the file itself among them. */
  readonly contents: ReadonlyMap<string, string>;
}

/** How a file stands: `changed` is one that was approved with other contents. */
export type Approval = 'approved' | 'changed' | 'unknown';

export function approvalsFile(env: Env): string {
  return join(stateDirectory(env), 'trusted');
}

export function readApproval(env: Env, approvable: Approvable): Approval {
  const lines = readLines(approvalsFile(env));
  if (lines.includes(toLine(approvable))) return 'approved';
  return lines.some((line) => line.endsWith(toEnding(approvable))) ? 'changed' : 'unknown';
}

/**
 * Approves a file as it is, and no longer as it was.
 *
 * @throws {Error} when that cannot be kept
 */
export function approve(env: Env, approvable: Approvable): void {
  const file = approvalsFile(env);
  const others = readLines(file).filter((line) => !line.endsWith(toEnding(approvable)));
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writePrivateFile(file, [...others, toLine(approvable), ''].join('\n'));
}

function readLines(file: string): string[] {
  return (readPrivateFile(file) ?? '').split('\n').filter((line) => line !== '');
}

function toLine(approvable: Approvable): string {
  const contents = JSON.stringify([...approvable.contents]);
  return `${hash('sha256', contents, 'hex')}${toEnding(approvable)}`;
}

/** As JSON, so that a line break in a name begins no line. */
function toEnding({ file }: Approvable): string {
  return ` ${JSON.stringify(file)}`;
}
