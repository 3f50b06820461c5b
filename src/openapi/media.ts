// Media types that are files rather than answers.
import type { Answer, Content } from './endpoint.ts';
import { isJsonObject } from '../contract/json.ts';

const BINARY =
  /^(image|audio|video|font)\/|^application\/(octet-stream|pdf|zip|gzip|x-.*|vnd\.(openxmlformats|ms-)[^;]*|.*jsonl|.*ndjson)|^text\/csv/;

/** Whether the answer is a file. Some list JSON beside it, which is a text then: the file packed, or an address of it. */
export function isBinaryAnswer([answer]: readonly Answer[]): boolean {
  const contents = answer?.contents ?? [];
  return contents.some(isFile) && contents.every((content) => isFile(content) || isText(content));
}

function isFile({ type, schema }: Content): boolean {
  return (
    BINARY.test(type) ||
    has(schema?.value, 'format', 'binary') ||
    has(schema?.value, 'type', 'file')
  );
}

function isText({ schema }: Content): boolean {
  return has(schema?.value, 'type', 'string');
}

function has(schema: unknown, key: string, value: string): boolean {
  return isJsonObject(schema) && schema[key] === value;
}
