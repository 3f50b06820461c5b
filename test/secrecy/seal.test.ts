import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import {
  createKeyring,
  createKeyText,
  createOpenStream,
  createSealStream,
  open,
  parseKey,
  seal,
  toSealedLength,
  toSealedStreamLength,
  type Key,
  type Keyring,
} from '../../src/secrecy/index.ts';
import { drawSeed } from '../support/seed.ts';

const seed = drawSeed();

const createKey = (id: string): Key => ({ id, secret: parseKey(createKeyText())! });
const first = createKey('2026-01');
const second = createKey('2026-02');
const keyring = createKeyring([first]);
const rotated = createKeyring([second, first]);

async function sealAll(ring: Keyring, bytes: Uint8Array, bound: string): Promise<Buffer> {
  return buffer(Readable.from([bytes]).pipe(createSealStream(ring, bound)));
}

/** Opens what comes in pieces of this length. */
async function openAll(ring: Keyring, sealed: Buffer, bound: string, piece: number) {
  const pieces = Array.from({ length: Math.ceil(sealed.length / piece) }, (_, index) =>
    sealed.subarray(index * piece, (index + 1) * piece),
  );
  const stream = createOpenStream(ring, bound);
  Readable.from(pieces).pipe(stream);
  return buffer(stream);
}

/** Sealed bytes as each form has them. */
const forms = {
  bytes: {
    seal: async (ring: Keyring, bytes: Uint8Array, bound: string) => seal(ring, bytes, bound),
    open: async (ring: Keyring, sealed: Buffer, bound: string) => open(ring, sealed, bound),
    length: toSealedLength,
  },
  stream: {
    seal: sealAll,
    open: async (ring: Keyring, sealed: Buffer, bound: string) =>
      openAll(ring, sealed, bound, 50_000),
    length: toSealedStreamLength,
  },
};

describe.each(Object.entries(forms))('sealed %s', (_, form) => {
  test.each([0, 1, 65_535, 65_536, 65_537, 200_000])(
    'of %d bytes open again, have the length that was foretold, and show nothing',
    async (length) => {
      const bytes = Buffer.alloc(length, 'plaintext marker ');
      const sealed = await form.seal(keyring, bytes, 'object');
      expect(bytes.equals(await form.open(keyring, sealed, 'object'))).toBe(true);
      expect(sealed).toHaveLength(form.length(keyring, length));
      expect(sealed.includes('marker')).toBe(false);
    },
  );

  test('differ each time, though the bytes are the same', async () => {
    const [one, other] = [
      await form.seal(keyring, Buffer.from('same'), 'object'),
      await form.seal(keyring, Buffer.from('same'), 'object'),
    ];
    expect(one.equals(other)).toBe(false);
  });

  test('open after a rotation, and new ones name the new key', async () => {
    const old = await form.seal(keyring, Buffer.from('old'), 'object');
    await expect(form.open(rotated, old, 'object')).resolves.toEqual(Buffer.from('old'));
    const fresh = await form.seal(rotated, Buffer.from('new'), 'object');
    await expect(form.open(keyring, fresh, 'object')).rejects.toThrow(
      'encrypted with the key "2026-02", which is not among the keys here (2026-01)',
    );
  });

  test('open for nothing but what they are bound to', async () => {
    const sealed = await form.seal(keyring, Buffer.from('mine'), 'object of one');
    await expect(form.open(keyring, sealed, 'object of another')).rejects.toMatchObject({
      code: 'INTERNAL',
    });
  });

  test('do not open with another key of the same id', async () => {
    const sealed = await form.seal(keyring, Buffer.from('mine'), 'object');
    const other = createKeyring([createKey('2026-01')]);
    await expect(form.open(other, sealed, 'object')).rejects.toMatchObject({ code: 'INTERNAL' });
  });

  test(`do not open when a bit is changed, or an end is missing, or there is more (seed ${seed})`, async () => {
    const bytes = Buffer.alloc(70_000, 'x');
    const sealed = await form.seal(keyring, bytes, 'object');
    const changed = fc.oneof(
      fc.nat(sealed.length * 8 - 1).map((bit) => {
        const copy = Buffer.from(sealed);
        copy[bit >> 3]! ^= 1 << (bit & 7);
        return copy;
      }),
      fc.nat(sealed.length - 1).map((length) => sealed.subarray(0, length)),
      fc
        .uint8Array({ minLength: 1, maxLength: 100 })
        .map((more) => Buffer.concat([sealed, Buffer.from(more)])),
    );
    await fc.assert(
      fc.asyncProperty(changed, async (wrong) => {
        await expect(form.open(keyring, wrong, 'object')).rejects.toMatchObject({
          code: 'INTERNAL',
        });
      }),
      { seed, numRuns: 60 },
    );
  });

  test(`are told from any other bytes (seed ${seed})`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (noise) => {
        await expect(form.open(keyring, Buffer.from(noise), 'object')).rejects.toMatchObject({
          code: 'INTERNAL',
        });
      }),
      { seed, numRuns: 200 },
    );
  });
});

test('a stream opens in pieces of any length', async () => {
  const bytes = Buffer.alloc(150_000, 'piecewise ');
  const sealed = await sealAll(keyring, bytes, 'object');
  for (const piece of [1_000, 65_552, 99_999, sealed.length]) {
    expect(bytes.equals(await openAll(keyring, sealed, 'object', piece))).toBe(true);
  }
});

test('chunks of a stream cannot change places', async () => {
  const sealed = await sealAll(keyring, Buffer.alloc(65_536 * 3, 'x'), 'object');
  const header = sealed.length - 3 * 65_552;
  const chunk = (index: number) =>
    sealed.subarray(header + index * 65_552, header + (index + 1) * 65_552);
  const swapped = Buffer.concat([sealed.subarray(0, header), chunk(1), chunk(0), chunk(2)]);
  await expect(openAll(keyring, swapped, 'object', 65_536)).rejects.toMatchObject({
    code: 'INTERNAL',
  });
  const cut = Buffer.concat([sealed.subarray(0, header), chunk(0), chunk(1)]);
  await expect(openAll(keyring, cut, 'object', 65_536)).rejects.toMatchObject({ code: 'INTERNAL' });
});

test.each([
  ['nothing', ''],
  ['31 bytes', Buffer.alloc(31).toString('base64')],
  ['33 bytes', Buffer.alloc(33).toString('base64')],
  ['hexadecimal', Buffer.alloc(32).toString('hex')],
  ['no padding', Buffer.alloc(32).toString('base64').slice(0, -1)],
  ['bits that Base64 leaves over', `${'A'.repeat(42)}B=`],
])('%s is no key', (_, text) => {
  expect(parseKey(text)).toBeNull();
});

test('a key is read as it was made', () => {
  expect(parseKey(createKeyText())).toMatchObject({ type: 'secret', symmetricKeySize: 32 });
});
