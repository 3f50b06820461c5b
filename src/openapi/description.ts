// A description with every file that it refers to, read before anything is made of it. Invariants: of a description in a
// file only files beneath its folder are read, of one behind a URL only what its origin has, without redirects elsewhere;
// nothing is run; number and size are bounded.
import { hash } from 'node:crypto';
import { existsSync, realpathSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, relative, resolve, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { isJsonObject, type Json } from '../contract/json.ts';
import { parseWebUrl } from '../contract/web-url.ts';
import { readBody } from '../http/client.ts';
import type { Files } from './walk.ts';
import { BrokenFile, parseSourceFile, type SourceFile } from './source-file.ts';

export interface Description {
  readonly root: SourceFile;
  readonly files: Files;
  /** Changes exactly when a byte of any of the files does. */
  readonly hash: string;
}

/** All files together, in bytes. */
const MOST_BYTES = 64 * 1024 * 1024;
const MOST_FILES = 500;
const TIMEOUT_MS = 60_000;

/**
 * @param location a file, relative to the working directory, or an http or https URL
 * @throws {BrokenFile} when its first file cannot be read
 */
export async function readDescription(
  location: string,
  workingDirectory: string,
): Promise<Description> {
  const web = parseWebUrl(location);
  const start = web ?? pathToFileURL(resolve(workingDirectory, location));
  start.hash = '';
  const take = web ? createWebReader(web) : createFileReader(fileURLToPath(start));
  const name = (url: URL): string =>
    web ? url.href : relative(workingDirectory, fileURLToPath(url)) || url.pathname;

  const files = new Map<string, SourceFile | string>();
  const texts = new Map<string, string>();
  const open = [start.href];
  let bytes = 0;
  for (let href = open.shift(); href !== undefined; href = open.shift()) {
    if (files.has(href)) continue;
    if (files.size >= MOST_FILES) {
      files.set(href, `the description has more than ${MOST_FILES} files`);
      continue;
    }
    try {
      const text = await take(new URL(href), MOST_BYTES - bytes);
      bytes += Buffer.byteLength(text);
      const file = parseSourceFile(text, name(new URL(href)), href);
      texts.set(href, text);
      files.set(href, file);
      open.push(...listFiles(file.data, href));
    } catch (error) {
      if (href === start.href) throw toBroken(error, location);
      files.set(href, (error as Error).message);
    }
  }
  return { root: files.get(start.href) as SourceFile, files, hash: toHash(texts, start.href) };
}

function toBroken(error: unknown, location: string): BrokenFile {
  if (error instanceof BrokenFile) return error;
  return new BrokenFile(`${location}: ${(error as Error).message}`, { cause: error });
}

/** That of the file where there is one, as `sha256sum` prints it; else that of its lines for all of them. */
function toHash(texts: ReadonlyMap<string, string>, start: string): string {
  const digest = (text: string): string => hash('sha256', text, 'hex');
  const sums = [...texts].map(([href, text]) => [relativeTo(start, href), digest(text)] as const);
  const [only] = sums;
  if (sums.length === 1 && only) return only[1];
  const lines = sums.map(([name, sum]) => `${sum}  ${name}\n`).sort();
  return digest(lines.join(''));
}

function relativeTo(start: string, href: string): string {
  return relative(dirname(new URL(start).pathname), new URL(href).pathname);
}

type Reader = (url: URL, mostBytes: number) => Promise<string>;

function createFileReader(start: string): Reader {
  return async (url, mostBytes) => {
    if (url.protocol !== 'file:' || url.host !== '') {
      throw new Error('a description in a file refers to files alone; save it beside the others');
    }
    const path = fileURLToPath(url);
    if (!existsSync(path)) throw new Error('there is no such file');
    const file = realpathSync(path);
    const folder = dirname(realpathSync(start));
    if (!file.startsWith(folder.endsWith(sep) ? folder : folder + sep)) {
      throw new Error('leads outside the folder of the description');
    }
    const stat = statSync(file);
    if (!stat.isFile()) throw new Error('is no file');
    if (stat.size > mostBytes) throw new Error(TOO_LARGE);
    return readFile(file, 'utf8');
  };
}

const TOO_LARGE = `a description has at most ${MOST_BYTES} bytes in all its files`;

function createWebReader({ origin }: URL): Reader {
  return async (url, mostBytes) => {
    if (url.origin !== origin) throw new Error(`leads to another origin than ${origin}`);
    const answer = await fetch(url, {
      headers: { accept: 'application/json, application/yaml, */*;q=0.5' },
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    }).catch((error: unknown) => {
      const { cause = error } = error as Error;
      throw new Error(`cannot be read: ${(cause as Error).message}`, { cause: error });
    });
    if (answer.status !== 200) {
      await answer.body?.cancel();
      throw new Error(`was answered with ${answer.status}`);
    }
    const { bytes, complete } = await readBody(
      (answer.body ?? []) as AsyncIterable<Uint8Array>,
      mostBytes,
    );
    if (!complete) throw new Error(TOO_LARGE);
    return bytes.toString('utf8');
  };
}

/** URLs of the files that a `$ref` of this one leads to. */
function listFiles(data: Json, href: string): string[] {
  const found = new Set<string>();
  const visit = (value: Json): void => {
    if (Array.isArray(value)) {
      for (const item of value as readonly Json[]) visit(item);
      return;
    }
    if (!isJsonObject(value)) return;
    const { $ref } = value;
    if (typeof $ref === 'string' && !$ref.startsWith('#')) {
      const url = URL.parse($ref, href);
      if (url) {
        url.hash = '';
        found.add(url.href);
      }
    }
    for (const key in value) visit(value[key] ?? null);
  };
  visit(data);
  return [...found];
}
