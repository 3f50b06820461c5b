// Streams sealed with a keyring, in flat memory, for what is too large to be held at once: a header, a random salt, then
// chunks of 64 KiB, each with its own tag. Every stream has a key of its own, so chunks can be counted instead of drawing
// nonces, and the last one is marked. Invariant: what comes out is authentic, in order and from the beginning; a stream
// that ends without an error is whole.
import { createSecretKey, hkdfSync, randomBytes, type KeyObject } from 'node:crypto';
import { Transform } from 'node:stream';
import { OperationError } from '../contract/errors.ts';
import { decryptWith, encryptWith, NONCE_BYTES, TAG_BYTES } from './cipher.ts';
import { HEADER_BYTES, parseHeader, toHeader } from './header.ts';
import type { Key, Keyring } from './keyring.ts';

/** First byte of a sealed stream: the format. */
const FORMAT = 2;

/** Plaintext of every chunk but the last, in bytes. */
const CHUNK_BYTES = 64 * 1024;

/** Length of a salt, in bytes. */
const SALT_BYTES = 32;

/**
 * Seals what is written to it.
 *
 * @param bound what it belongs to, for example the name of the object: it opens for nothing else
 */
export function createSealStream({ active }: Keyring, bound: string): Transform {
  const salt = randomBytes(SALT_BYTES);
  const chunks = createChunks(CHUNK_BYTES, encryptWith, deriveKey(active, salt, bound));
  const stream = createTransform(chunks);
  stream.push(Buffer.concat([toHeader(FORMAT, active.id), salt]));
  return stream;
}

/**
 * Opens a sealed stream that is written to it. It fails with `INTERNAL` where the key is not there, and where the stream is
 * not what was sealed for this; what it gave out before is authentic, and perhaps not all.
 */
export function createOpenStream(keyring: Keyring, bound: string): Transform {
  let beginning = Buffer.alloc(0);
  let chunks: Chunks | null = null;
  const begin = (bytes: Buffer, isEnd: boolean): readonly Buffer[] => {
    beginning = Buffer.concat([beginning, bytes]);
    if (!isEnd && beginning.length < HEADER_BYTES + SALT_BYTES) return [];
    const { keyId, length } = parseHeader(FORMAT, beginning);
    const salt = beginning.subarray(length, length + SALT_BYTES);
    const secret = deriveKey(keyring.get(keyId), salt, bound);
    chunks = createChunks(CHUNK_BYTES + TAG_BYTES, decryptWith, secret);
    return chunks.take(beginning.subarray(length + SALT_BYTES));
  };
  return createTransform({
    take: (bytes) => (chunks ? chunks.take(bytes) : begin(bytes, false)),
    end: () => {
      const begun = chunks ? [] : begin(Buffer.alloc(0), true);
      return [...begun, ...(chunks?.end() ?? [])];
    },
  });
}

/** How long a stream of so many bytes is once it is sealed. */
export function toSealedStreamLength({ active }: Keyring, bytes: number): number {
  const chunks = Math.max(1, Math.ceil(bytes / CHUNK_BYTES));
  return toHeader(FORMAT, active.id).length + SALT_BYTES + bytes + chunks * TAG_BYTES;
}

function deriveKey({ id, secret }: Key, salt: Uint8Array, bound: string): KeyObject {
  const info = Buffer.from(JSON.stringify(['longhaul stream', id, bound]));
  // HKDF takes at most 1024 bytes there.
  if (info.length > 1024) throw new TypeError('what a stream is bound to is too long');
  return createSecretKey(Buffer.from(hkdfSync('sha256', secret, salt, info, 32)));
}

/** Takes bytes as they come, and gives them on chunk by chunk. */
interface Chunks {
  readonly take: (bytes: Buffer) => readonly Buffer[];
  readonly end: () => readonly Buffer[];
}

function createChunks(chunkBytes: number, convert: typeof encryptWith, secret: KeyObject): Chunks {
  let waiting: Buffer[] = [];
  let waitingBytes = 0;
  let count = 0;
  const next = (bytes: Buffer, isLast: boolean): Buffer => {
    if (count > 0xff_ff_ff_ff) throw new OperationError('INTERNAL', 'the stream is too long');
    const nonce = Buffer.alloc(NONCE_BYTES);
    nonce.writeUInt32BE(count, NONCE_BYTES - 5);
    nonce.writeUInt8(isLast ? 1 : 0, NONCE_BYTES - 1);
    count += 1;
    return convert(secret, nonce, bytes, '');
  };
  return {
    take: (bytes) => {
      waiting.push(bytes);
      waitingBytes += bytes.length;
      // One byte more than a chunk: only then it is known not to be the last.
      if (waitingBytes <= chunkBytes) return [];
      const all = Buffer.concat(waiting);
      const whole = Math.ceil(all.length / chunkBytes) - 1;
      const rest = all.subarray(whole * chunkBytes);
      waiting = [rest];
      waitingBytes = rest.length;
      return Array.from({ length: whole }, (_, index) =>
        next(all.subarray(index * chunkBytes, (index + 1) * chunkBytes), false),
      );
    },
    end: () => [next(Buffer.concat(waiting), true)],
  };
}

function createTransform({ take, end }: Chunks): Transform {
  const pass = (stream: Transform, done: (error?: Error | null) => void, give: Chunks['end']) => {
    try {
      for (const bytes of give()) if (bytes.length > 0) stream.push(bytes);
      done();
    } catch (error) {
      done(error as Error);
    }
  };
  return new Transform({
    transform(chunk: Buffer, _, done) {
      pass(this, done, () => take(chunk));
    },
    flush(done) {
      pass(this, done, end);
    },
  });
}
