// `longhaul import curl`: one request as documentation shows it, as a declaration to correct. Invariant: what may be a secret is
// written as a reference; its value is not printed.
import { parseArgs } from 'node:util';
import { stringify } from 'yaml';
import { EXIT, UsageError, type CommandContext, type ExitCode } from '../assembly/context.ts';
import { parseWebUrl } from '../contract/web-url.ts';

export interface CurlFlags {
  readonly name?: string;
}

const many = { type: 'string', multiple: true } as const;
const one = { type: 'string' } as const;

/** What curl is told, as far as it says what is sent. */
const OPTIONS = {
  request: { ...one, short: 'X' },
  header: { ...many, short: 'H' },
  data: { ...many, short: 'd' },
  'data-raw': many,
  'data-binary': many,
  'data-urlencode': many,
  json: many,
  form: { ...many, short: 'F' },
  user: { ...one, short: 'u' },
  url: one,
  get: { type: 'boolean', short: 'G' },
  location: { type: 'boolean', short: 'L' },
  silent: { type: 'boolean', short: 's' },
  'show-error': { type: 'boolean', short: 'S' },
  fail: { type: 'boolean', short: 'f' },
  include: { type: 'boolean', short: 'i' },
  compressed: { type: 'boolean' },
} as const;

export function importCurl(
  { stdout }: CommandContext,
  words: readonly string[],
  { name }: CurlFlags,
): ExitCode {
  const written = words.length === 1 ? splitWords(words[0] ?? '') : words;
  const declaration = toDeclaration(written[0] === 'curl' ? written.slice(1) : written, name);
  stdout.write(stringify(declaration, { lineWidth: 0 }));
  return EXIT.ok;
}

function toDeclaration(words: readonly string[], name: string | undefined): object {
  const { values, positionals } = readWords(words);
  const address = values.url ?? positionals[0] ?? '';
  const url = parseWebUrl(address);
  if (!url) throw new UsageError(`import curl: expected an http or https URL, got ${address}`);
  const headers = Object.fromEntries((values.header ?? []).map(toHeader));
  const data = DATA.flatMap((option) => values[option] ?? []);
  if (values.get) url.search = [url.search.slice(1), ...data].filter(Boolean).join('&');
  const text =
    values.json?.join('') ?? (values.get || data.length === 0 ? undefined : data.join('&'));
  const sends = text !== undefined || values.form !== undefined;
  const method = values.request ?? (sends ? 'POST' : 'GET');
  const content = values.form ? toForm(values.form) : toContent(text, headers);
  const allHeaders = { ...headers, ...content.headers };
  return {
    operations: {
      [name ?? toName(method, url)]: {
        kind: 'http',
        description: 'TODO: for a model: what it does, when to use it, how long it takes.',
        ...toInput(values.form ?? []),
        ...(values.user !== undefined && {
          auth: {
            type: 'basic',
            username: escape(values.user.split(':')[0] ?? ''),
            password: '${env:PASSWORD}',
          },
        }),
        request: {
          method,
          url: `${url.origin}${escape(url.pathname)}${toQuery(url)}`,
          ...(Object.keys(allHeaders).length > 0 && { headers: allHeaders }),
          ...('body' in content && { body: content.body }),
        },
      },
    },
  };
}

function readWords(words: readonly string[]) {
  try {
    return parseArgs({ args: [...words], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw new UsageError(`import curl: ${(error as Error).message}`);
  }
}

const DATA = ['data', 'data-raw', 'data-binary', 'data-urlencode'] as const;

/** Names of what is never written down. */
const SECRET =
  /(authorization|cookie|token|secret|password|credential|signature|(^|[-_])key|api-?key)/i;

function toHeader(line: string): readonly [string, string] {
  const [, name = '', value = ''] = /^([^:]+):\s*(.*)$/.exec(line) ?? [];
  if (name === '') throw new UsageError(`import curl: -H ${line}: expected NAME: VALUE`);
  if (!SECRET.test(name)) return [name, escape(value)];
  const scheme = /^(Bearer|Basic|Token|Key|ApiKey) /i.exec(value)?.[0] ?? '';
  return [name, `${scheme}\${env:${toVariable(name)}}`];
}

function toQuery(url: URL): string {
  const pairs = [...url.searchParams].map(([name, value]) =>
    SECRET.test(name)
      ? `${name}=\${env:${toVariable(name)}}`
      : `${name}=${escape(encodeURIComponent(value))}`,
  );
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}

function toVariable(name: string): string {
  return name
    .toUpperCase()
    .replaceAll(/[^A-Z0-9]+/g, '_')
    .replace(/^(?=\d)/, '_');
}

interface Content {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

function toContent(text: string | undefined, headers: Readonly<Record<string, string>>): Content {
  if (text === undefined) return {};
  const type = Object.entries(headers).find(([name]) => name.toLowerCase() === 'content-type')?.[1];
  const json = parseJson(text);
  if (json !== undefined) return { body: toTemplate(json) };
  if (type !== undefined && !type.includes('form-urlencoded')) return { body: escape(text) };
  const fields = Object.fromEntries(
    [...new URLSearchParams(text)].map(([name, value]) => [name, toSecretOr(name, escape(value))]),
  );
  return { headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: fields };
}

function toForm(parts: readonly string[]): Content {
  const fields = parts.map((part) => {
    const [name = '', ...rest] = part.split('=');
    const value = rest.join('=');
    return [name, /^[@<]/.test(value) ? { file: `{${name}}` } : toSecretOr(name, escape(value))];
  });
  return { headers: { 'content-type': 'multipart/form-data' }, body: Object.fromEntries(fields) };
}

/** A part that sends a file names a parameter. */
function toInput(parts: readonly string[]): object {
  const files = parts.flatMap((part) => /^([^=]+)=[@<]/.exec(part)?.[1] ?? []);
  if (files.length === 0) return {};
  const properties = Object.fromEntries(files.map((file) => [file, { type: 'string' }]));
  return { input: { type: 'object', properties, required: files } };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Braces of a text are none of a template. */
function toTemplate(value: unknown): unknown {
  if (typeof value === 'string') return escape(value);
  if (Array.isArray(value)) return value.map(toTemplate);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [
      name,
      typeof item === 'string' ? toSecretOr(name, escape(item)) : toTemplate(item),
    ]),
  );
}

function toSecretOr(name: string, value: string): string {
  return /(secret|password|credential|api-?_?key|^(access_)?token$)/i.test(name)
    ? `\${env:${toVariable(name)}}`
    : value;
}

function escape(text: string): string {
  return text.replaceAll('{', '{{').replaceAll('}', '}}');
}

function toName(method: string, url: URL): string {
  const words = `${method} ${url.pathname}`
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(Boolean);
  return words.join('_').slice(0, 64);
}

/** The words of a command line, as a POSIX shell takes them apart; nothing is expanded. */
function splitWords(line: string): string[] {
  const words: string[] = [];
  const piece = /\\\r?\n|\s+|'([^']*)'|"((?:\\.|[^"\\])*)"|\\([^])|([^\s'"\\]+)/gy;
  let word: string | null = null;
  while (piece.lastIndex < line.length) {
    const found = piece.exec(line);
    if (!found) throw new UsageError('import curl: a quote is open at the end');
    const [all, single, double, escaped, plain] = found;
    const text = single ?? double?.replaceAll(/\\(["\\$`])/g, '$1') ?? escaped ?? plain;
    if (text !== undefined && !/^\\\r?\n$/.test(all)) {
      word = (word ?? '') + text;
      continue;
    }
    if (word !== null && /^\s/.test(all)) {
      words.push(word);
      word = null;
    }
  }
  return word === null ? words : [...words, word];
}
