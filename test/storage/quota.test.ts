// What a principal may use of a store, and what a write that is refused leaves behind.
import { createSecretKey, randomBytes } from 'node:crypto';
import { readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import type { Files } from '../../src/contract/file.ts';
import { createKeyring } from '../../src/encryption/index.ts';
import { createDirectoryStore } from '../../src/storage/directory-store.ts';
import { createFiles } from '../../src/storage/files.ts';
import { createSealedStore } from '../../src/storage/sealed-store.ts';
import { sweepDirectory } from '../../src/storage/sweep.ts';
import { createMemoryStore } from '../support/peers/memory-store.ts';
import { createTemporaryDirectory } from '../support/files/temporary-directory.ts';

afterEach(() => {
  jest.restoreAllMocks();
});

const open = async (options: Partial<Parameters<typeof createFiles>[0]> = {}, free = 0) => {
  const folder = await createTemporaryDirectory();
  const store = createDirectoryStore(folder.path, free);
  return {
    path: folder.path,
    store,
    files: createFiles({ store, maxBytes: 50_000, pieceBytes: 1_000, ...options }),
    names: async () => {
      const entries = await readdir(folder.path, { recursive: true, withFileTypes: true });
      return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
    },
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
};

const bytes = (count: number) => [randomBytes(count)];
const upload = async (files: Files, principal: string, count: number) =>
  files.write(principal, bytes(count), 'text/plain', 'request').then(
    () => 'stored',
    (error: unknown) => (error as { code: string }).code,
  );

describe('a write that is refused', () => {
  test.each<[string, () => AsyncIterable<Uint8Array> | Iterable<Uint8Array>, string]>([
    ['too large', () => bytes(60_000), 'RESULT_TOO_LARGE'],
    [
      'cut off',
      async function* () {
        yield* bytes(20_000);
        await Promise.reject(new Error('gone'));
      },
      'gone',
    ],
  ])('since it is %s leaves nothing behind', async (_, content, why) => {
    await using opened = await open();
    const kept = await opened.files.write('ann', bytes(3_000), 'text/plain');
    const before = await opened.names();
    await expect(opened.files.write('ann', content(), 'text/plain')).rejects.toMatchObject(
      why === 'gone' ? { message: why } : { code: why },
    );
    expect((await opened.names()).sort()).toEqual(before.sort());
    await opened.files.find('ann', kept.uri);
  });

  test('by a disk that is nearly full says so, and leaves nothing behind', async () => {
    await using opened = await open({}, Number.MAX_SAFE_INTEGER);
    await expect(opened.files.write('ann', bytes(10), 'text/plain')).rejects.toMatchObject({
      code: 'STORAGE_UNAVAILABLE',
      message: expect.stringContaining('the disk is full but for'),
    });
    expect(await opened.names()).toEqual([]);
  });

  test('by the death of its process is swept a day later', async () => {
    await using opened = await open();
    const staged = await opened.store.stage('ab/pieces/cd', Buffer.from('left'));
    const [name = ''] = await opened.names();
    const path = join(opened.path, 'ab/pieces', name);
    await writeFile(join(opened.path, 'ab/pieces/cd'), 'whole');
    expect(await sweepDirectory(opened.path, 0)).toBe(0);
    const yesterday = Date.now() / 1000 - 90_000;
    await utimes(path, yesterday, yesterday);
    await utimes(join(opened.path, 'ab/pieces/cd'), yesterday, yesterday);
    expect(await sweepDirectory(opened.path, 0)).toBe(1);
    expect(await opened.names()).toEqual(['cd']);
    await expect(staged.keep()).rejects.toMatchObject({ code: 'STORAGE_UNAVAILABLE' });
  });
});

describe('a quota', () => {
  test('holds for each principal by itself, and counts what is there', async () => {
    await using opened = await open({ quotaBytes: 40_000 });
    expect(await upload(opened.files, 'ann', 5_000)).toBe('stored');
    expect(await upload(opened.files, 'ann', 36_000)).toBe('RATE_LIMITED');
    expect(await upload(opened.files, 'bob', 5_000)).toBe('stored');
    // Another process finds the same.
    const other = createFiles({ store: opened.store, maxBytes: 50_000, quotaBytes: 40_000 });
    expect(await upload(other, 'ann', 30_000)).toBe('RATE_LIMITED');
    expect(await upload(other, 'carol', 30_000)).toBe('stored');
  });

  test('counts small objects as what they use up', async () => {
    await using opened = await open({ quotaBytes: 40_000 });
    // Of sizes of their own: what is the same is stored once.
    for (const size of [1, 2, 3, 4, 5]) await upload(opened.files, 'ann', size);
    const later = createFiles({ store: opened.store, maxBytes: 50_000, quotaBytes: 40_000 });
    expect(await upload(later, 'ann', 1)).toBe('RATE_LIMITED');
  });

  test('refuses no result, and lets nothing new begin until files have gone', async () => {
    let now = Date.now();
    jest.spyOn(Date, 'now').mockImplementation(() => now);
    await using opened = await open({ quotaBytes: 40_000 });
    expect(await upload(opened.files, 'ann', 1_000)).toBe('stored');
    await opened.files.write('ann', bytes(45_000), 'text/plain', 'result');
    expect(opened.files.refusal('ann')).toMatchObject({
      code: 'RATE_LIMITED',
      details: { limit: 'storage_bytes', allowed: 40_000 },
    });
    expect(opened.files.refusal('bob')).toBeNull();
    expect(await upload(opened.files, 'ann', 1_000)).toBe('RATE_LIMITED');
    await sweepDirectory(opened.path, Infinity);
    now += 3_000;
    expect(await upload(opened.files, 'ann', 1_000)).toBe('stored');
    expect(opened.files.refusal('ann')).toBeNull();
  });
});

describe('sealed objects', () => {
  const seal = (store: Parameters<typeof createSealedStore>[0]) =>
    createSealedStore(store, {
      keyring: createKeyring([{ id: 'k', secret: createSecretKey(Buffer.alloc(32, 1)) }]),
      nameKey: createSecretKey(Buffer.alloc(32, 2)),
    });

  test('of a principal are counted, though nobody can tell whose they are', async () => {
    const { store, objects } = createMemoryStore();
    const files = createFiles({ store: seal(store), maxBytes: 50_000, quotaBytes: 10_000 });
    expect(await upload(files, 'ann', 5_000)).toBe('stored');
    expect(await upload(files, 'ann', 8_000)).toBe('RATE_LIMITED');
    expect(await upload(files, 'bob', 8_000)).toBe('stored');
    expect(
      [...objects.keys()].every((key) => /^sealed\/[0-9a-f]{64}\/[0-9a-f]{64}$/.test(key)),
    ).toBe(true);
  });

  test('of an earlier version, all in one folder, are read', async () => {
    const { store, objects } = createMemoryStore();
    const sealed = seal(store);
    await sealed.write('ab/pieces/cd', Buffer.from('old'));
    const [[key, content] = ['', Buffer.of()]] = [...objects];
    await store.write(key.replace(/^sealed\/\w+\//, 'sealed/'), content);
    (objects as Map<string, Uint8Array>).delete(key);
    expect(Buffer.from((await sealed.read('ab/pieces/cd', 100))!).toString()).toBe('old');
  });
});
