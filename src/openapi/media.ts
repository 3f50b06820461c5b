// Media types that are files rather than answers.
import type { Answer } from './endpoint.ts';
import { isJsonObject } from '../contract/json.ts';

const BINARY =
  /^(image|audio|video|font)\/|^application\/(octet-stream|pdf|zip|gzip|x-.*|vnd\.(openxmlformats|ms-)[^;]*|.*jsonl|.*ndjson)|^text\/csv/;

/** Whether the answer is a file. */
export function isBinaryAnswer([answer]: readonly Answer[]): boolean {
  if (!answer) return false;
  return (
    answer.contents.length > 0 &&
    answer.contents.every(({ type, schema }) => {
      const value = schema?.value;
      return (
        BINARY.test(type) ||
        (isJsonObject(value) && (value['format'] === 'binary' || value['type'] === 'file'))
      );
    })
  );
}
