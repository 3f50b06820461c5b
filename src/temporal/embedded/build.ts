// Builds the Temporal CLI from the pinned Go module in tools/temporal: for networks in which the download is blocked
// and a Go module proxy is not.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CLI_VERSION } from './platform.ts';

const PACKAGE = 'github.com/temporalio/cli/cmd/temporal';
const VERSION_VARIABLE = 'github.com/temporalio/cli/internal/temporalcli.Version';
const SIGN_OF_LIFE_MS = 30_000;
const ERROR_LINES = 8;

/** What to build with, and where. */
export interface BuildOptions {
  /** An empty directory of the caller's. */
  readonly directory: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly report: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
}

/** Builds the pinned CLI and returns the path of the executable. */
export async function buildTemporalCli(options: BuildOptions): Promise<string> {
  const { directory, report } = options;
  await go(['version'], options).catch((error: unknown) => {
    options.signal?.throwIfAborted();
    throw new Error('Go is not installed (`go version` does not run)', { cause: error });
  });
  // A copy, because an installed package may be read-only, and Go wants its module's directory to itself.
  for (const file of ['go.mod', 'go.sum']) {
    await copyFile(join(moduleDirectory(), file), join(directory, file));
  }
  report(`Building Temporal CLI ${CLI_VERSION} with Go: about four minutes on two cores, once ...`);
  const started = performance.now();
  const timer = setInterval(() => {
    report(`  still building after ${Math.round((performance.now() - started) / 1_000)} s ...`);
  }, SIGN_OF_LIFE_MS);
  const file = join(directory, 'temporal');
  try {
    const ldflags = `-s -w -X ${VERSION_VARIABLE}=${CLI_VERSION}`;
    await go(['build', '-trimpath', '-ldflags', ldflags, '-o', file, PACKAGE], options);
  } finally {
    clearInterval(timer);
  }
  return file;
}

/** tools/temporal of the package, from the sources (src/temporal/embedded) as from dist (one level deeper). */
function moduleDirectory(): string {
  const candidates = ['../../../tools/temporal', '../../../../tools/temporal'].map((path) =>
    fileURLToPath(new URL(path, import.meta.url)),
  );
  const found = candidates.find((directory) => existsSync(join(directory, 'go.mod')));
  if (!found) throw new Error(`the Go module is missing: ${candidates.join(' or ')}`);
  return found;
}

async function go(
  goArguments: readonly string[],
  { directory, env, signal }: BuildOptions,
): Promise<void> {
  const child = spawn('go', goArguments, {
    cwd: directory,
    env: { ...env, CGO_ENABLED: '0', GOWORK: 'off' },
    stdio: ['ignore', 'ignore', 'pipe'],
    ...(signal && { signal }),
  });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors = (errors + text).slice(-8_000);
  });
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`go ${goArguments[0] ?? ''} failed: ${lastLines(errors)}`));
    });
  });
}

function lastLines(text: string): string {
  return text.trim().split('\n').slice(-ERROR_LINES).join('\n      ');
}
