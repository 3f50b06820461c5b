// The content of a result: the value itself, or what is in the file that it has become. Invariant: what is no text, or too large to be
// held in memory, is left to those who read files in parts.
import { LRUCache } from 'lru-cache';
import { parseJson } from '../../contract/json/exact-number.ts';
import { isFileReference, isTextType, type Files } from '../../contract/file.ts';
import type { Json } from '../../contract/json.ts';
import { estimateTokens } from './tokens.ts';

/** Largest file that is opened, in bytes. */
const LARGEST_BYTES = 32 * 1024 * 1024;

/** What is kept of files that were opened, in bytes: an agent reads one part after the other. */
const KEPT_BYTES = 64 * 1024 * 1024;

interface OpenedResult {
  readonly content: Json;
  /** As text or JSON. */
  readonly bytes: number;
  /** Estimated. */
  readonly tokens: number;
}

/** Opens a result; `null` where it is a file that cannot be read as text or JSON. Rejects as `Files` does. */
export type OpenResult = (principal: string, result: Json) => Promise<OpenedResult | null>;

export function createOpenResult(files: Files | null): OpenResult {
  const opened = new LRUCache<string, OpenedResult>({
    maxSize: KEPT_BYTES,
    ttl: 60_000,
  });
  return async (principal, result) => {
    if (!isFileReference(result)) {
      return toOpened(result, typeof result === 'string' ? result : JSON.stringify(result));
    }
    const { uri, size, mimeType } = result;
    if (!files || size > LARGEST_BYTES || !isTextType(mimeType)) return null;
    const key = `${uri} ${principal}`;
    const known = opened.get(key);
    if (known) return known;
    const text = await readText(files, principal, uri);
    if (text === null) return null;
    const read = toOpened(toContent(text, mimeType), text);
    opened.set(key, read, { size: size + 1 });
    return read;
  };
}

/** `null` where the bytes are no text. */
async function readText(files: Files, principal: string, uri: string): Promise<string | null> {
  const chunks: Uint8Array[] = [];
  const file = await files.find(principal, uri);
  for await (const chunk of file.read()) chunks.push(chunk);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    return null;
  }
}

/** A file that says of itself to be JSON and is none is a text. */
function toContent(text: string, mimeType: string): Json {
  if (!/[/+]json\b/i.test(mimeType)) return text;
  try {
    return parseJson(text) as Json;
  } catch {
    return text;
  }
}

function toOpened(content: Json, text: string): OpenedResult {
  return { content, bytes: Buffer.byteLength(text), tokens: estimateTokens(text) };
}
