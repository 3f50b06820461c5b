// JSON values as files: parameters and results that are too large to travel with their task.
import { OperationError } from '../contract/errors.ts';
import { parseJson } from '../contract/json/exact-number.ts';
import type { FileReference, Files } from '../contract/file.ts';
import type { Json } from '../contract/json.ts';

export async function writeJson(
  files: Files,
  principal: string,
  value: Json,
  from: 'request' | 'result' = 'result',
): Promise<FileReference> {
  return files.write(principal, [Buffer.from(JSON.stringify(value))], 'application/json', from);
}

/** Rejects as `Files` does. @throws {OperationError} FILE_DAMAGED, when what is stored is no JSON */
export async function readJson(files: Files, principal: string, uri: string): Promise<Json> {
  const chunks: Uint8Array[] = [];
  const file = await files.find(principal, uri);
  for await (const chunk of file.read()) chunks.push(chunk);
  try {
    return parseJson(Buffer.concat(chunks).toString()) as Json;
  } catch (cause) {
    throw new OperationError('FILE_DAMAGED', 'the file is no JSON', { cause });
  }
}
