// The list of a file's pieces, which is what a file's URI names. Invariants: equal bytes of equal type have equal lists;
// the name of a list is its SHA-256 and a piece's name in it is that piece's, so one who has the URI can check each part
// of a file by itself.
import { hash } from 'node:crypto';
import { toFileUri, type FileReference } from '../contract/file.ts';
import { isJsonObject } from '../contract/json.ts';
import { createDamagedError } from './errors.ts';

export interface FileList {
  readonly mimeType: string;
  /** Of the file, in bytes. */
  readonly size: number;
  /** Of the whole file, in hexadecimal. */
  readonly sha256: string;
  /** Size of each piece but the last, in bytes. */
  readonly pieceBytes: number;
  /** Names of the pieces, in order. */
  readonly pieces: readonly string[];
}

/** The SHA-256 of bytes, in hexadecimal: what pieces and lists are named by. */
export function toName(bytes: Uint8Array): string {
  return hash('sha256', bytes, 'hex');
}

export function toListBytes(list: FileList): Uint8Array {
  const { mimeType, size, sha256, pieceBytes, pieces } = list;
  return Buffer.from(JSON.stringify({ mimeType, size, sha256, pieceBytes, pieces }));
}

/** Reads a list, whose bytes were checked against its name. @throws {OperationError} FILE_DAMAGED, when it is none */
export function parseList(bytes: Uint8Array): FileList {
  const list: unknown = JSON.parse(Buffer.from(bytes).toString());
  if (!isJsonObject(list) || !Array.isArray(list['pieces'])) throw createDamagedError();
  return list as unknown as FileList;
}

export function toReference(name: string, { mimeType, size, sha256 }: FileList): FileReference {
  return { uri: toFileUri(name), mimeType, size, sha256 };
}
