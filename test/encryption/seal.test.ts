import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  createKeyring,
  createKeyText,
  open,
  parseKey,
  seal,
  type Key,
} from '../../src/encryption/index.ts';
import { drawSeed } from '../support/runner/seed.ts';

const seed = drawSeed();

const createKey = (id: string): Key => ({ id, secret: parseKey(createKeyText())! });
const first = createKey('2026-01');
const second = createKey('2026-02');
const keyring = createKeyring([first]);
const rotated = createKeyring([second, first]);

const REFUSED = expect.objectContaining({ code: 'INTERNAL' }) as unknown as Error;

describe('sealed bytes', () => {
  test.each([0, 1, 65_535, 65_536, 65_537, 200_000])(
    'of a length of %d open again and show nothing',
    (length) => {
      const bytes = Buffer.alloc(length, 'plaintext marker ');
      const sealed = seal(keyring, bytes, 'object');
      expect(bytes.equals(open(keyring, sealed, 'object'))).toBe(true);
      expect(sealed.includes('marker')).toBe(false);
    },
  );

  test('differ each time, though the bytes are the same', () => {
    const [one, other] = [
      seal(keyring, Buffer.from('same'), 'object'),
      seal(keyring, Buffer.from('same'), 'object'),
    ];
    expect(one.equals(other)).toBe(false);
  });

  test('open after a rotation, and new ones name the new key', () => {
    const old = seal(keyring, Buffer.from('old'), 'object');
    expect(open(rotated, old, 'object')).toEqual(Buffer.from('old'));
    const fresh = seal(rotated, Buffer.from('new'), 'object');
    expect(() => open(keyring, fresh, 'object')).toThrow(
      'encrypted with the key "2026-02", which is not among the keys here (2026-01)',
    );
  });

  test('open for nothing but what they are bound to', () => {
    const sealed = seal(keyring, Buffer.from('mine'), 'object of one');
    expect(() => open(keyring, sealed, 'object of another')).toThrow(REFUSED);
  });

  test('do not open with another key of the same id', () => {
    const sealed = seal(keyring, Buffer.from('mine'), 'object');
    const other = createKeyring([createKey('2026-01')]);
    expect(() => open(other, sealed, 'object')).toThrow(REFUSED);
  });

  test(`do not open when a bit is changed, or an end is missing, or there is more (seed ${seed})`, () => {
    const bytes = Buffer.alloc(70_000, 'x');
    const sealed = seal(keyring, bytes, 'object');
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
    fc.assert(
      fc.property(changed, (wrong) => {
        expect(() => open(keyring, wrong, 'object')).toThrow(REFUSED);
      }),
      { seed, numRuns: 60 },
    );
  });

  test(`are told from any other bytes (seed ${seed})`, () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (noise) => {
        expect(() => open(keyring, Buffer.from(noise), 'object')).toThrow(REFUSED);
      }),
      { seed, numRuns: 200 },
    );
  });
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
