// One file of a description: its data, and where each part of it stands. JSON is read by the parser of JSON, which is many
// times faster; lines are looked up by that of YAML, which reads JSON too, and only where something is to be said of one.
import { isNode, isScalar, LineCounter, parseDocument, visit, type Document } from 'yaml';
import { isDeeperThan, MAX_DEPTH } from '../contract/json/depth.ts';
import type { Json } from '../contract/json.ts';

export type Path = readonly (string | number)[];

export interface SourceFile {
  /** As it is called in messages. */
  readonly name: string;
  /** `file:` or `https:`, without a fragment. */
  readonly url: string;
  readonly data: Json;
  /** What is wrong with the text as it is written, such as a key that stands twice. */
  readonly slips: readonly { readonly source: string; readonly message: string }[];
  /** `name:line:column` of a part, or of the nearest thing around it that is written down. */
  readonly locate: (path: Path) => string;
}

/** A file that cannot be read; the message names line and column. */
export class BrokenFile extends Error {
  override readonly name = 'BrokenFile';
}

/** Above this, keys that stand twice in JSON are not looked for: the parser of YAML takes seconds for 10 MB. */
const CHECKED_CHARACTERS = 1_000_000;

/** @throws {BrokenFile} where it is neither JSON nor YAML, or has no end */
export function parseSourceFile(text: string, name: string, url: string): SourceFile {
  let known: Located | undefined;
  const locate = (path: Path): string => (known ??= readLines(text)).locate(name, path);
  const json = /^\s*\{/.test(text) ? parseJson(text) : undefined;
  if (json !== undefined && text.length > CHECKED_CHARACTERS) {
    return { name, url, data: refuseDepth(json, name), slips: [], locate };
  }
  known = readLines(text);
  const { document, lines } = known;
  const broken = document.errors.slice(0, 5).map(({ pos: [offset], message }) => {
    const why = message.includes('call stack')
      ? 'is nested more deeply than can be read'
      : message.replaceAll('\n', ' ');
    return `${lines.at(name, offset)}: ${why}`;
  });
  if (broken.length > 0) throw new BrokenFile(broken.join('\n'));
  return {
    name,
    url,
    data: refuseDepth(json ?? toData(document, name), name),
    slips: findRepeated(document).map((offset) => ({
      source: lines.at(name, offset),
      message: 'this key stands twice; the last one counts',
    })),
    locate,
  };
}

/** Where keys stand that their object has already. The parser's own check takes the square of their number. */
function findRepeated(document: Document): number[] {
  const found: number[] = [];
  visit(document, {
    Map: (_, { items }) => {
      const keys = new Set<unknown>();
      for (const { key } of items) {
        if (!isScalar(key)) continue;
        if (keys.has(key.value)) found.push(key.range?.[0] ?? 0);
        keys.add(key.value);
      }
    },
  });
  return found;
}

interface Located {
  readonly document: Document;
  readonly lines: { readonly at: (name: string, offset: number) => string };
  readonly locate: (name: string, path: Path) => string;
}

function readLines(text: string): Located {
  const counter = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: counter,
    prettyErrors: false,
    logLevel: 'silent',
    uniqueKeys: false,
  });
  const at = (name: string, offset: number): string => {
    const { line, col } = counter.linePos(offset);
    return `${name}:${line}:${col}`;
  };
  return {
    document,
    lines: { at },
    locate: (name, path) => {
      for (let length = path.length; length > 0; length -= 1) {
        const node = document.getIn(path.slice(0, length), true);
        if (isNode(node) && node.range) return at(name, node.range[0]);
      }
      return at(name, 0);
    },
  };
}

function parseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined; // the parser of YAML says where
  }
}

function toData(document: Document, name: string): Json {
  try {
    return document.toJS() as Json;
  } catch (error) {
    throw new BrokenFile(`${name}: ${(error as Error).message}`); // more aliases than any honest file has
  }
}

function refuseDepth(data: Json, name: string): Json {
  if (!isDeeperThan(data, MAX_DEPTH)) return data;
  throw new BrokenFile(`${name}: is nested more deeply than ${MAX_DEPTH} levels`);
}
