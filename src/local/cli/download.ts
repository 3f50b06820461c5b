// The official download of the Temporal CLI: one archive per machine, with the executable inside.
import { execFile } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { promisify } from 'node:util';
import { childEnvironment, type Environment } from '../child-environment.ts';
import { CLI_VERSION, thisTarget } from './platform.ts';

/** Temporal's own address for its archives. */
export const DOWNLOAD_URL = 'https://temporal.download/cli/archive';

/** Where to get it from and where to put it. */
export interface DownloadOptions {
  /** The archives are at `<url>/v<version>?platform=…&arch=…`. */
  readonly url: string;
  /** An empty directory of the caller's. */
  readonly directory: string;
  readonly env: Environment;
  readonly report: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
}

/** A closed network may swallow the first packet: then something else is tried. In milliseconds. */
const FIRST_ANSWER_MS = 5_000;
/** Longest silence in the middle of an archive, in milliseconds. */
const STALL_MS = 30_000;
const PROGRESS_MS = 3_000;

/** Downloads the pinned CLI and returns the path of the executable. */
export async function downloadTemporalCli(options: DownloadOptions): Promise<string> {
  const { directory, report, signal } = options;
  const { platform, architecture } = thisTarget();
  const url = `${options.url}/v${CLI_VERSION}?platform=${platform}&arch=${architecture}`;
  const archive = join(directory, 'archive.tar.gz');
  const silence = new AbortController();
  const wait = (ms: number): NodeJS.Timeout =>
    setTimeout(() => {
      silence.abort(new Error(`no data for ${ms / 1_000} s`));
    }, ms);
  let timer = wait(FIRST_ANSWER_MS);
  const progress = createProgress(report);
  try {
    const response = await fetch(url, {
      signal: AbortSignal.any([silence.signal, ...(signal ? [signal] : [])]),
    });
    if (!response.ok || !response.body) throw new Error(`the server answered ${response.status}`);
    const total = Number(response.headers.get('content-length')) || undefined;
    report(
      `Downloading Temporal CLI ${CLI_VERSION}${total ? ` (${megabytes(total)} MB)` : ''}, once ...`,
    );
    const watched = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        clearTimeout(timer);
        timer = wait(STALL_MS);
        progress(chunk.length, total);
        done(null, chunk);
      },
    });
    await pipeline(
      Readable.fromWeb(response.body as ReadableStream<Uint8Array>),
      watched,
      createWriteStream(archive),
    );
  } catch (error) {
    signal?.throwIfAborted();
    throw new Error(`${url}: ${reasonOf(error)}`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
  await promisify(execFile)('tar', ['-xzf', archive, '-C', directory, 'temporal'], {
    env: childEnvironment(options.env),
  });
  return join(directory, 'temporal');
}

function createProgress(
  report: (line: string) => void,
): (bytes: number, total: number | undefined) => void {
  let received = 0;
  let next = performance.now() + PROGRESS_MS;
  return (bytes, total) => {
    received += bytes;
    if (performance.now() < next) return;
    next = performance.now() + PROGRESS_MS;
    const share = total ? ` of ${megabytes(total)}` : '';
    report(`  ${megabytes(received)}${share} MB`);
  };
}

function megabytes(bytes: number): string {
  return (bytes / 1_000_000).toFixed(0);
}

/** `fetch` says only that it failed; why is one level down. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
