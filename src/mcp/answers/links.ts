// Files of an answer as MCP's resource links, beside the JSON that names them.
import type { CallToolResult } from '@modelcontextprotocol/server';
import { isFileReference, type FileReference } from '../../contract/file.ts';
import { isJsonObject, type JsonObject } from '../../contract/json.ts';

type Link = Extract<CallToolResult['content'][number], { type: 'resource_link' }>;

/** Links of one answer at most: a model pays for each. */
const LINKS = 20;

/** How deep files are searched for: a result, and the fields of one. */
const DEPTH = 2;

/** The links to the files that an answer names, or to the result that it only previews. */
export function toLinks(answer: JsonObject): Link[] {
  const { result_preview: preview } = answer;
  if (isJsonObject(preview) && typeof preview['uri'] === 'string') {
    const { uri, bytes } = preview;
    return [{ type: 'resource_link', name: 'result', uri, size: Number(bytes) }];
  }
  return findFiles('result', answer, DEPTH)
    .slice(0, LINKS)
    .map(([name, { uri, mimeType, size }]) => ({
      type: 'resource_link',
      uri,
      name,
      mimeType,
      size,
    }));
}

function findFiles(
  name: string,
  value: unknown,
  depth: number,
): (readonly [string, FileReference])[] {
  if (isFileReference(value)) return [[name, value]];
  if (depth === 0 || !isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([key, field]) =>
    typeof field === 'object' ? findFiles(key, field, depth - 1) : [],
  );
}
