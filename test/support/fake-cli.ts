// Executables that stand in for the Temporal CLI, for Go, and for the archive that Temporal publishes.
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';

/** What the pinned CLI answers to `--version`. */
export const PINNED = 'temporal version 1.8.2 (Server 1.31.2, UI 2.50.1)';

/** Writes a shell script, directories included. */
export function writeExecutable(file: string, script: string): string {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `#!/bin/sh\nPATH=/usr/bin:/bin\n${script}\n`);
  chmodSync(file, 0o755);
  return file;
}

/** A CLI that knows only its version. */
export function writeCli(file: string, version: string): string {
  return writeExecutable(file, `echo '${version}'`);
}

/** A Go toolchain that "builds" the pinned CLI and writes each build's arguments and directory to `<file>.builds`. */
export function writeGo(file: string): string {
  return writeExecutable(
    file,
    `[ "$1" = version ] && exit 0
     echo "$CGO_ENABLED $*" >> '${file}.builds'
     [ -f go.mod ] && [ -f go.sum ] || exit 1
     while [ "$1" != -o ]; do shift; done
     sleep 0.3
     printf '#!/bin/sh\\necho "${PINNED}"\\n' > "$2" && chmod +x "$2"`,
  );
}

/** An archive such as Temporal publishes. */
export function packArchive(directory: string): Buffer {
  writeCli(join(directory, 'archive', 'temporal'), PINNED);
  return execFileSync('tar', ['-czf', '-', '-C', join(directory, 'archive'), 'temporal']);
}

/** A web server on loopback. */
export async function serve(answer: RequestListener): Promise<AsyncDisposable & { url: string }> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
