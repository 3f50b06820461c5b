// Builds the Temporal CLI from the pinned Go module in tools/temporal: for networks in which the download is blocked
// and a Go module proxy is not.
import { existsSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { messageOf } from '../../contract/text.ts';
import { CLI_VERSION } from './platform.ts';
import { runTool, withSignsOfLife, type ToolOptions } from './run-tool.ts';

const PACKAGE = 'github.com/temporalio/cli/cmd/temporal';
const VERSION_VARIABLE = 'github.com/temporalio/cli/internal/temporalcli.Version';

/** Builds the pinned CLI and returns the path of the executable. */
export async function buildTemporalCli(options: ToolOptions): Promise<string> {
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
  const file = join(directory, 'temporal');
  const ldflags = `-s -w -X ${VERSION_VARIABLE}=${CLI_VERSION}`;
  await withSignsOfLife('building', report, () =>
    go(['build', '-trimpath', '-ldflags', ldflags, '-o', file, PACKAGE], options),
  );
  return file;
}

/** tools/temporal of the package, from the sources (src/local/cli) as from dist (one level deeper). */
function moduleDirectory(): string {
  const candidates = ['../../../tools/temporal', '../../../../tools/temporal'].map((path) =>
    fileURLToPath(new URL(path, import.meta.url)),
  );
  const found = candidates.find((directory) => existsSync(join(directory, 'go.mod')));
  if (!found) throw new Error(`the Go module is missing: ${candidates.join(' or ')}`);
  return found;
}

async function go(goArguments: readonly string[], options: ToolOptions): Promise<void> {
  try {
    await runTool('go', ['go', ...goArguments], options, { CGO_ENABLED: '0', GOWORK: 'off' });
  } catch (error) {
    options.signal?.throwIfAborted();
    throw new Error(`go ${goArguments[0] ?? ''} failed: ${messageOf(error)}`, { cause: error });
  }
}
