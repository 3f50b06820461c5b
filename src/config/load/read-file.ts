// A configuration file as data, with the place of everything in it. Invariant: keys that could reach an object's
// prototype never leave this file.
import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { isNode, LineCounter, parseDocument, visit, type Document, type Scalar } from 'yaml';
import { parseDecimal, toDecimalText } from '../../contract/json/decimal.ts';
import { toExactNumber } from '../../contract/json/exact-number.ts';
import { gatherModules, importConfig } from './import-module.ts';
import type { Path } from '../explain/option.ts';
import { ConfigError, toDotted, type ConfigProblem } from '../explain/problem.ts';

export interface ConfigSource {
  /** The file's content, unchecked. */
  readonly data: unknown;
  /** Bytes that say more than the data does: the code of a module and of the modules beside it. */
  readonly code: readonly string[];
  /** Where an option stands, as `file:line:column` if that is known. */
  readonly locate: (path: Path) => string;
}

/** A file that was read, and of which nothing has been run. */
export interface ConfigText {
  /** Paths and texts: the file, and for code every module that it imports by relative path. */
  readonly contents: ReadonlyMap<string, string>;
  /** What the file says; `null` for code, which says it when it is run. */
  readonly source: ConfigSource | null;
  /** Runs code, and returns what the file says. */
  readonly run: (env: Env) => Promise<ConfigSource>;
}

type Env = Readonly<Record<string, string | undefined>>;

/**
 * Reads a file by its ending: YAML, JSON, or a module whose default export is the configuration.
 *
 * @param name how the file is called in messages
 * @throws {ConfigError} when it is missing, is of no known kind or has errors of syntax, with line and column
 */
export async function readConfigFile(file: string, name: string): Promise<ConfigText> {
  const toText = (text: string): ConfigText => {
    const source = parseText(text, name);
    return { contents: new Map([[file, text]]), source, run: () => Promise.resolve(source) };
  };
  switch (extname(file)) {
    case '.yaml':
    case '.yml':
      return toText(await readText(file, name));
    case '.json': {
      const text = await readText(file, name);
      refuseBrokenJson(text, name);
      // YAML reads JSON, and knows lines and duplicate keys.
      return toText(text);
    }
    case '.ts':
    case '.mts':
    case '.js':
    case '.mjs': {
      const contents = await gatherModules(file, await readText(file, name));
      const run = async (env: Env) => {
        const data = await importConfig(file, name, env);
        refusePollution(data, () => name);
        return { data, code: [...contents.values()], locate: () => name };
      };
      return { contents, source: null, run };
    }
    default:
      return refuse(
        name,
        'expected a file that ends in .ts, .mts, .js, .mjs, .json, .yaml or .yml',
      );
  }
}

async function readText(file: string, name: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    return refuse(name, missing ? 'no such file' : `cannot be read: ${(error as Error).message}`);
  }
}

function refuseBrokenJson(text: string, name: string): void {
  try {
    JSON.parse(text);
  } catch (error) {
    refuse(name, `is not JSON: ${(error as Error).message}`);
  }
}

function parseText(text: string, name: string): ConfigSource {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return `${name}:${line}:${col}`;
  };
  const wrong = [...document.errors, ...document.warnings].map(({ pos, message }) => ({
    source: at(pos[0]),
    path: '',
    message: toSentence(message),
  }));
  if (wrong.length > 0) throw new ConfigError(wrong);
  const locate = (path: Path) => {
    const offset = offsetOf(document, path);
    return offset === null ? name : at(offset);
  };
  let data: unknown;
  visit(document, {
    Scalar: (key, node) => {
      keepDigits(node, key === 'key');
    },
  });
  try {
    data = document.toJS();
  } catch (error) {
    refuse(name, toSentence((error as Error).message)); // more aliases than any honest file has
  }
  refusePollution(data, locate);
  return { data, code: [], locate };
}

/** A number as it is written, where YAML would have rounded it; a key is text in any case. */
function keepDigits(node: Scalar, isKey: boolean): void {
  const { value, source } = node;
  if (typeof value !== 'number' || !Number.isFinite(value) || source === undefined) return;
  const digits = /^0[xo]/.test(source) ? String(BigInt(source)) : source.replace('+', '');
  const exact = toExactNumber(toDecimalText(parseDecimal(digits)));
  if (typeof exact !== 'number') node.value = isKey ? source : exact;
}

/** What the parser says; of a file without end it says how it failed. */
function toSentence(message: string): string {
  return message.includes('call stack') ? 'is nested more deeply than can be read' : message;
}

/** Where the value at a path begins, or the nearest thing around it that is written down. */
function offsetOf(document: Document, path: Path): number | null {
  for (let length = path.length; length > 0; length -= 1) {
    const node = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return null;
}

const POLLUTING = new Set(['__proto__', 'constructor', 'prototype']);

function refusePollution(data: unknown, locate: (path: Path) => string): void {
  const problems: ConfigProblem[] = [];
  const seen = new Set<object>();
  const visit = (value: unknown, path: Path) => {
    if (typeof value !== 'object' || value === null || seen.has(value)) return;
    seen.add(value);
    for (const [key, child] of Object.entries(value)) {
      const inner = [...path, Array.isArray(value) ? Number(key) : key];
      if (POLLUTING.has(key)) {
        problems.push({
          source: locate(inner),
          path: toDotted(inner),
          message: 'a key of this name is refused',
        });
      } else visit(child, inner);
    }
  };
  visit(data, []);
  if (problems.length > 0) throw new ConfigError(problems);
}

function refuse(source: string, message: string): never {
  throw new ConfigError([{ source, path: '', message }]);
}
