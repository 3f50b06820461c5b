// Keys for tests, and the search for plaintext where there must be none.
import {
  createKeyring,
  createKeyText,
  parseKey,
  type Key,
  type Encryption,
} from '../../src/encryption/index.ts';

/** A fresh key. */
export function createTestKey(id: string): Key {
  return { id, secret: parseKey(createKeyText())! };
}

const nameKey = parseKey(createKeyText())!;

/** Secrets of an installation with these keys; the key for names is the same for all of a test file. */
export function createTestEncryption(
  first: Key = createTestKey('first'),
  ...more: Key[]
): Encryption {
  return { keyring: createKeyring([first, ...more]), nameKey };
}

/** Whether bytes hold a text: as it is, in UTF-16, in hexadecimal, or within a Base64 that begins anywhere. */
export function holds(bytes: Uint8Array, text: string): boolean {
  const all = Buffer.from(bytes);
  return toTraces(text).some((trace) => all.includes(trace));
}

function toTraces(text: string): readonly Buffer[] {
  const plain = Buffer.from(text);
  const base64 = [0, 1, 2].flatMap((before) => {
    const padded = Buffer.concat([Buffer.alloc(before), plain]);
    // The first and the last characters depend on what stands around.
    const whole = (['base64', 'base64url'] as const).map((form) => padded.toString(form));
    return whole.map((encoded) =>
      Buffer.from(encoded.slice(before === 0 ? 0 : before + 1).replace(/.{0,2}=*$/, '')),
    );
  });
  return [plain, Buffer.from(text, 'utf16le'), Buffer.from(plain.toString('hex')), ...base64];
}
