// An earlier version of this project, built beside this one from the history of its repository.
import { execFileSync } from 'node:child_process';
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createTemporaryDirectory } from '../support/temporary-directory.ts';

/** A version that can be started. Removed with its scope. */
export interface PreviousVersion extends AsyncDisposable {
  /** The built CLI. */
  readonly cli: string;
  /** The commit, shortened. */
  readonly commit: string;
}

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/**
 * Checks a commit out and builds it, with the packages of this version.
 *
 * @throws {Error} when there is no such commit, or when it cannot be built
 */
export async function buildPrevious(reference: string): Promise<PreviousVersion> {
  const git = (...args: string[]) => execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' });
  const commit = git('rev-parse', '--short', '--verify', `${reference}^{commit}`).trim();
  const directory = await createTemporaryDirectory();
  const path = join(directory.path, 'previous');
  git('worktree', 'add', '--quiet', '--detach', path, commit);
  const remove = async (): Promise<void> => {
    git('worktree', 'remove', '--force', path);
    await directory[Symbol.asyncDispose]();
  };
  try {
    await symlink(join(ROOT, 'node_modules'), join(path, 'node_modules'));
    execFileSync('npm', ['run', '--silent', 'build'], { cwd: path, stdio: ['ignore', 2, 2] });
  } catch (error) {
    await remove();
    throw error;
  }
  return { cli: join(path, 'dist/src/cli.js'), commit, [Symbol.asyncDispose]: remove };
}
