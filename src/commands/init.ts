// `longhaul init`: writes a commented configuration and one operation of each kind into the current folder.
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createInitFiles } from '../config/index.ts';
import { EXIT, type CommandContext, type ExitCode } from '../assembly/context.ts';

/** Writes the files; touches nothing when one of them is there. */
export async function init({
  workingDirectory,
  stdout,
  stderr,
}: CommandContext): Promise<ExitCode> {
  const files = createInitFiles().map(({ path, content }) => ({
    path,
    content,
    file: join(workingDirectory, path),
  }));
  const present = files.filter(({ file }) => existsSync(file));
  if (present.length > 0) {
    const names = present.map(({ path }) => path).join(', ');
    stderr.write(`${names} exists already; nothing was written\n`);
    return EXIT.failed;
  }
  for (const { path, file, content } of files) {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content, { flag: 'wx' });
    stdout.write(`wrote ${path}\n`);
  }
  stdout.write('Next: longhaul dev\n');
  return EXIT.ok;
}
