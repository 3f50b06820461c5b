// An earlier version of this project, built beside this one from the history of its repository.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createTemporaryDirectory } from '../../support/files/temporary-directory.ts';

/** A version that can be started. Removed with its scope. */
export interface PreviousVersion extends AsyncDisposable {
  /** The built CLI. */
  readonly cli: string;
  /** The commit, shortened. */
  readonly commit: string;
  /** Whether it knows circuit breakers. */
  readonly hasBreakers: boolean;
}

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/**
 * Takes a commit out of the repository and builds it, with the packages that it names.
 *
 * @throws {Error} when there is no such commit, or when it cannot be built
 */
export async function buildPrevious(reference: string): Promise<PreviousVersion> {
  const git = (...args: string[]) => execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' });
  const commit = git('rev-parse', '--short', '--verify', `${reference}^{commit}`).trim();
  const directory = await createTemporaryDirectory();
  const remove = async () => directory[Symbol.asyncDispose]();
  try {
    // No work tree of the repository: one that is broken off would stay on its list.
    const archive = join(directory.path, 'previous.tar');
    const path = join(directory.path, 'previous');
    git('archive', '--prefix=previous/', '--output', archive, commit);
    execFileSync('tar', ['-xf', archive, '-C', directory.path]);
    const npm = (...args: string[]) =>
      execFileSync('npm', [...args, '--silent'], { cwd: path, stdio: ['ignore', 2, 2] });
    if (readLock(path) === readLock(ROOT)) {
      await symlink(join(ROOT, 'node_modules'), join(path, 'node_modules'));
    } else {
      // not `ci`, which refuses the lock files of versions before it listed the packages of every platform
      npm('install', '--no-save', '--prefer-offline', '--no-audit', '--no-fund');
    }
    npm('run', 'build');
    return {
      cli: join(path, 'dist/src/cli.js'),
      commit,
      hasBreakers: ['contract', 'contract/workflow'].some((folder) =>
        existsSync(join(path, 'src', folder, 'breaker.ts')),
      ),
      [Symbol.asyncDispose]: remove,
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

function readLock(folder: string): string {
  return readFileSync(join(folder, 'package-lock.json'), 'utf8');
}
