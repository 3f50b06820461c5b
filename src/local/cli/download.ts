// The official download of the Temporal CLI: one archive per machine, with the executable inside.
import { execFile } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { messageOf } from '../../contract/text.ts';
import { childEnvironment } from '../child-environment.ts';
import { CLI_VERSION, thisTarget } from './platform.ts';
import type { ToolOptions } from './run-tool.ts';

export const DOWNLOAD_URL = 'https://temporal.download/cli/archive';

export interface DownloadOptions extends ToolOptions {
  /** The archives are at `<url>/v<version>?platform=…&arch=…`. */
  readonly url: string;
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
  try {
    const response = await fetch(url, {
      signal: AbortSignal.any([silence.signal, ...(signal ? [signal] : [])]),
    });
    const { ok, status, body, headers } = response;
    if (!ok || !body) throw new Error(`the server answered ${status}`);
    const total = Number(headers.get('content-length')) || undefined;
    const size = total ? ` (${megabytes(total)} MB)` : '';
    report(`Downloading Temporal CLI ${CLI_VERSION}${size}, once ...`);
    const progress = createProgress(report, total);
    const watch = async function* (chunks: AsyncIterable<Uint8Array>) {
      for await (const chunk of chunks) {
        clearTimeout(timer);
        timer = wait(STALL_MS);
        progress(chunk.length);
        yield chunk;
      }
    };
    await pipeline(body, watch, createWriteStream(archive));
  } catch (error) {
    signal?.throwIfAborted();
    const { cause } = error as Error; // `fetch` says only that it failed; why is one level down
    throw new Error(`${url}: ${messageOf(cause ?? error)}`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
  await promisify(execFile)('tar', ['-xzf', archive, '-C', directory, 'temporal'], {
    env: childEnvironment(options.env),
  });
  return join(directory, 'temporal');
}

function createProgress(report: (line: string) => void, total: number | undefined) {
  let received = 0;
  let next = performance.now() + PROGRESS_MS;
  return (bytes: number): void => {
    received += bytes;
    if (performance.now() < next) return;
    next = performance.now() + PROGRESS_MS;
    report(`  ${megabytes(received)}${total ? ` of ${megabytes(total)}` : ''} MB`);
  };
}

function megabytes(bytes: number): string {
  return (bytes / 1_000_000).toFixed(0);
}
