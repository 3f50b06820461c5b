// A commit of this project's history, built with the packages that it names.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** The commit that a tag, a branch or a hash names, shortened. @throws {Error} when there is none */
export function findCommit(reference: string): string {
  return git('rev-parse', '--short', '--verify', `${reference}^{commit}`).trim();
}

/**
 * Takes a commit out of the repository into the folder `project` of a directory, and builds it there. One that is kept has packages of
 * its own, since those of this version change, and of them only what it needs to run.
 *
 * @returns the folder
 * @throws {Error} when it cannot be built
 */
export async function buildCommit(
  commit: string,
  directory: string,
  isKept: boolean,
): Promise<string> {
  // No work tree of the repository: one that is broken off would stay on its list.
  const archive = join(directory, 'project.tar');
  const path = join(directory, 'project');
  git('archive', '--prefix=project/', '--output', archive, commit);
  execFileSync('tar', ['-xf', archive, '-C', directory]);
  const npm = (...args: string[]) =>
    execFileSync('npm', [...args, '--silent'], { cwd: path, stdio: ['ignore', 2, 2] });
  const quietly = ['--no-save', '--no-audit', '--no-fund'];
  if (!isKept && readLock(path) === readLock(ROOT)) {
    await symlink(join(ROOT, 'node_modules'), join(path, 'node_modules'));
  } else {
    // not `ci`, which refuses the lock files of versions before it listed the packages of every platform
    npm('install', '--prefer-offline', ...quietly);
  }
  npm('run', 'build');
  if (isKept) npm('prune', '--omit=dev', ...quietly);
  return path;
}

function git(...args: string[]): string {
  return execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' });
}

function readLock(folder: string): string {
  return readFileSync(join(folder, 'package-lock.json'), 'utf8');
}
