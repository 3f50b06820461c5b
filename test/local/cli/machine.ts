// A machine on which a Temporal CLI has to be found.
import { join } from 'node:path';
import { findTemporalCli, type TemporalCli } from '../../../src/local/index.ts';
import { FAKE_DIGESTS, writeExecutable } from './fake-cli.ts';
import { createTemporaryDirectory } from '../../support/files/temporary-directory.ts';

/** Port 1 is nobody's: a network without the download. */
export const NO_DOWNLOAD = 'http://127.0.0.1:1';

/** A machine with an empty cache and nothing on PATH but tar. */
export interface Machine extends AsyncDisposable {
  readonly path: string;
  readonly bin: string;
  readonly cache: string;
  readonly lines: string[];
  find(
    env?: Record<string, string>,
    downloadUrl?: string,
    signal?: AbortSignal,
  ): Promise<TemporalCli>;
}

export async function createMachine(): Promise<Machine> {
  const directory = await createTemporaryDirectory();
  const bin = join(directory.path, 'bin');
  const lines: string[] = [];
  writeExecutable(join(bin, 'tar'), 'exec tar "$@"');
  return {
    path: directory.path,
    bin,
    cache: join(directory.path, 'cache', 'longhaul'),
    lines,
    find: (env = {}, downloadUrl = NO_DOWNLOAD, signal) =>
      findTemporalCli({
        env: { PATH: bin, XDG_CACHE_HOME: join(directory.path, 'cache'), ...env },
        report: (line) => lines.push(line),
        downloadUrl,
        pinned: FAKE_DIGESTS,
        signal,
      }),
    [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose](),
  };
}
