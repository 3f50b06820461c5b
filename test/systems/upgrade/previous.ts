// An earlier version of this project, built beside this one from the history of its repository.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createTemporaryDirectory } from '../../support/files/temporary-directory.ts';
import { buildCommit, findCommit } from '../../support/processes/earlier-version.ts';

/** A version that can be started. Removed with its scope. */
export interface PreviousVersion extends AsyncDisposable {
  /** The built CLI. */
  readonly cli: string;
  /** The commit, shortened. */
  readonly commit: string;
  /** Whether it knows circuit breakers. */
  readonly hasBreakers: boolean;
  /** Whether it knows the activity lane. */
  readonly hasLanes: boolean;
}

/**
 * Takes a commit out of the repository and builds it, with the packages that it names.
 *
 * @throws {Error} when there is no such commit, or when it cannot be built
 */
export async function buildPrevious(reference: string): Promise<PreviousVersion> {
  const commit = findCommit(reference);
  const directory = await createTemporaryDirectory();
  const remove = async () => directory[Symbol.asyncDispose]();
  try {
    const path = await buildCommit(commit, directory.path, false);
    return {
      cli: join(path, 'dist/src/cli.js'),
      commit,
      hasBreakers: ['contract', 'contract/workflow'].some((folder) =>
        existsSync(join(path, 'src', folder, 'breaker.ts')),
      ),
      hasLanes: existsSync(join(path, 'src/contract/lane.ts')),
      [Symbol.asyncDispose]: remove,
    };
  } catch (error) {
    await remove();
    throw error;
  }
}
