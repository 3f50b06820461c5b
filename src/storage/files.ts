// Files over an object store. A file is kept in pieces, named by their SHA-256 in the folder of its principal, and a list
// of them, by whose SHA-256 the file is known. Invariants: no more than one piece is in memory at a time; no byte is handed
// out that was not checked; the list is written when every piece is there, and a piece has its name when all are.
import { createHash } from 'node:crypto';
import { OperationError, toTaskError } from '../contract/errors.ts';
import { parseFileUri, type FileRange, type Files } from '../contract/file.ts';
import { createDamagedError, createNotFoundError } from './errors.ts';
import { parseList, toListBytes, toName, toReference, type FileList } from './file-list.ts';
import type { ObjectStore, StagedObject } from './object-store.ts';
import { toPieces } from './pieces.ts';
import { createQuota } from './quota.ts';

export interface FilesOptions {
  readonly store: ObjectStore;
  readonly maxBytes: number;
  /** What one principal may use, in bytes; `null` is any number. Default: any number. */
  readonly quotaBytes?: number | null;
  /** Size of a piece, in bytes. Default: 1 MiB. */
  readonly pieceBytes?: number;
}

const PIECE_BYTES = 1024 * 1024;

/** Largest list, in bytes: that of a file of 4 GiB. */
const LIST_BYTES = 512 * 1024;

export function createFiles({
  store,
  maxBytes,
  quotaBytes = null,
  pieceBytes = PIECE_BYTES,
}: FilesOptions): Files {
  const quota =
    quotaBytes === null ? null : createQuota(quotaBytes, async (folder) => store.sizeOf(folder));
  const read = async (key: string, name: string, bound: number): Promise<Uint8Array> => {
    const bytes = await store.read(key, bound);
    if (bytes === null) throw createNotFoundError();
    if (toName(bytes) !== name) throw createDamagedError();
    return bytes;
  };

  return {
    maxBytes,
    write: async (principal, content, mimeType, from = 'result') => {
      const { folder, piece: toPieceKey, list: toListKey } = keysOf(principal);
      const take = async (bytes: number) => {
        if (from === 'request') await quota?.take(folder, bytes);
        else quota?.note(folder, bytes);
      };
      const whole = createHash('sha256');
      const pieces: string[] = [];
      const staged: StagedObject[] = [];
      let size = 0;
      let taken = 0;
      try {
        await take(0);
        for await (const piece of toPieces(content, pieceBytes)) {
          size += piece.length;
          if (size > maxBytes) throw createSizeError(maxBytes);
          await take(piece.length);
          taken += piece.length;
          whole.update(piece);
          const name = toName(piece);
          pieces.push(name);
          staged.push(await store.stage(toPieceKey(name), piece));
        }
        for (const piece of staged) await piece.keep();
      } catch (error) {
        await Promise.all(staged.map(async (piece) => piece.drop()));
        quota?.note(folder, -taken);
        throw error;
      }
      const list: FileList = { mimeType, size, sha256: whole.digest('hex'), pieceBytes, pieces };
      const bytes = toListBytes(list);
      const name = toName(bytes);
      await store.write(toListKey(name), bytes);
      return toReference(name, list);
    },
    refusal: (principal) => {
      const refusal = quota?.refusal(keysOf(principal).folder);
      return refusal ? toTaskError(refusal) : null;
    },
    find: async (principal, uri) => {
      const name = parseFileUri(uri);
      if (name === null) throw createNotFoundError();
      const { piece: toPieceKey, list: toListKey } = keysOf(principal);
      const list = parseList(await read(toListKey(name), name, LIST_BYTES));
      return {
        reference: toReference(name, list),
        read: (range) =>
          readRange(list, range, async (piece) => read(toPieceKey(piece), piece, list.pieceBytes)),
      };
    },
  };
}

/** Where the objects of a principal lie. No name of a principal can lead anywhere else. */
function keysOf(principal: string) {
  if (!principal.isWellFormed()) throw createNotFoundError(); // as UTF-8, it would be another
  const folder = toName(Buffer.from(principal));
  return {
    folder,
    piece: (name: string) => `${folder}/pieces/${name}`,
    list: (name: string) => `${folder}/files/${name}`,
  };
}

async function* readRange(
  { size, pieceBytes, pieces }: FileList,
  { offset, length }: FileRange = { offset: 0, length: size },
  readPiece: (name: string) => Promise<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const end = Math.min(size, offset + length);
  for (let start = offset - (offset % pieceBytes); start < end; start += pieceBytes) {
    const piece = await readPiece(pieces[start / pieceBytes] ?? '');
    yield piece.subarray(Math.max(0, offset - start), end - start);
  }
}

function createSizeError(limit: number): OperationError {
  return new OperationError(
    'RESULT_TOO_LARGE',
    `a file has at most ${limit} bytes (storage.maxFileBytes)`,
    { details: { limit } },
  );
}
