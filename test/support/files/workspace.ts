// A folder of its own for a test, gone afterwards.
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A temporary folder. */
export interface Workspace extends AsyncDisposable {
  /** Absolute, without symbolic links. */
  readonly directory: string;
  /** Writes a file, and the folders on the way; returns its absolute path. */
  write(path: string, content: string): Promise<string>;
}

/** Creates a folder with these files, by path. */
export async function createWorkspace(
  files: Readonly<Record<string, string>> = {},
): Promise<Workspace> {
  const directory = await realpath(await mkdtemp(join(tmpdir(), 'longhaul-')));
  const write = async (path: string, content: string) => {
    const file = join(directory, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
    return file;
  };
  for (const [path, content] of Object.entries(files)) await write(path, content);
  return {
    directory,
    write,
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  };
}
