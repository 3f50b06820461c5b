// Files over a store in memory and over a directory: what was stored comes back, whatever its size and however it came,
// and what was changed meanwhile does not.
import { createHash } from 'node:crypto';
import { readdir, readFile, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Files, StoredFile } from '../../src/contract/file.ts';
import { createDirectoryStore } from '../../src/storage/directory-store.ts';
import { createFiles } from '../../src/storage/files.ts';
import { readJson, writeJson } from '../../src/storage/json.ts';
import { sweepDirectory } from '../../src/storage/sweep.ts';
import { createMemoryStore } from '../support/peers/memory-store.ts';
import { parseJson } from '../../src/contract/json/exact-number.ts';
import type { Json } from '../../src/contract/json.ts';
import { createTemporaryDirectory } from '../support/files/temporary-directory.ts';

const read = async (file: StoredFile, range?: Parameters<StoredFile['read']>[0]) => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of file.read(range)) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
};

/** Pieces of 8 bytes, so that small examples have many. */
const createSmall = (): Files =>
  createFiles({ store: createMemoryStore().store, maxBytes: 1_000, pieceBytes: 8 });

const chunksOf = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 8 });

describe('a file', () => {
  test('comes back as it was, however it was cut on its way in, with its size and hash', async () => {
    await fc.assert(
      fc.asyncProperty(chunksOf, async (chunks) => {
        const files = createSmall();
        const whole = Buffer.concat(chunks);
        const reference = await files.write('ann', chunks, 'text/plain');
        expect(reference).toMatchObject({
          size: whole.length,
          sha256: createHash('sha256').update(whole).digest('hex'),
          mimeType: 'text/plain',
        });
        const file = await files.find('ann', reference.uri);
        expect(file.reference).toEqual(reference);
        expect(await read(file)).toEqual(whole);
      }),
    );
  });

  test('is read in any part', async () => {
    await fc.assert(
      fc.asyncProperty(chunksOf, fc.nat(330), fc.nat(330), async (chunks, offset, length) => {
        const files = createSmall();
        const whole = Buffer.concat(chunks);
        const { uri } = await files.write('ann', chunks, 'text/plain');
        const part = await read(await files.find('ann', uri), { offset, length });
        expect(part).toEqual(whole.subarray(offset, offset + length));
      }),
    );
  });

  test('of the same bytes has the same uri, and leaves nothing more behind', async () => {
    const { store, objects } = createMemoryStore();
    const files = createFiles({ store, maxBytes: 1_000, pieceBytes: 8 });
    const bytes = Buffer.from('twelve bytes');
    const first = await files.write('ann', [bytes], 'text/plain');
    const count = objects.size;
    const halves = [bytes.subarray(0, 5), bytes.subarray(5)];
    expect(await files.write('ann', halves, 'text/plain')).toEqual(first);
    expect(objects.size).toBe(count);
  });

  test('is not found by another principal, in the words of one that never was', async () => {
    const files = createSmall();
    const { uri } = await files.write('ann', [Buffer.from('secret')], 'text/plain');
    const unknown = await files.find('ann', uri.replace(/.$/, 'x')).catch((e: unknown) => e);
    for (const principal of ['bob', '../ann', 'ann/files', '']) {
      await expect(files.find(principal, uri)).rejects.toEqual(unknown);
    }
    expect(unknown).toMatchObject({ code: 'FILE_NOT_FOUND' });
  });

  test('that is larger than allowed is refused, and not read to its end', async () => {
    let taken = 0;
    const endless = function* () {
      for (;;) {
        taken += 1;
        yield Buffer.alloc(100);
      }
    };
    const refused = createSmall().write('ann', endless(), 'text/plain');
    await expect(refused).rejects.toMatchObject({ code: 'RESULT_TOO_LARGE' });
    expect(taken).toBeLessThan(20);
  });

  test('carries any JSON', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (value) => {
        const files = createFiles({ store: createMemoryStore().store, maxBytes: 1e6 });
        const json = JSON.parse(JSON.stringify(value)) as never;
        const { uri } = await writeJson(files, 'ann', json);
        expect(await readJson(files, 'ann', uri)).toEqual(json);
      }),
    );
  });

  test('carries JSON with all its digits', async () => {
    const text = '{"id":9223372036854775807,"share":0.12345678901234567890}';
    const files = createFiles({ store: createMemoryStore().store, maxBytes: 1e6 });
    const { uri } = await writeJson(files, 'ann', parseJson(text) as Json);
    expect(JSON.stringify(await readJson(files, 'ann', uri))).toBe(text);
  });
});

describe('in a directory', () => {
  const open = async () => {
    const directory = await createTemporaryDirectory();
    const files = createFiles({
      store: createDirectoryStore(directory.path),
      maxBytes: 1_000,
      pieceBytes: 8,
    });
    const paths = async () => {
      const entries = await readdir(directory.path, { recursive: true, withFileTypes: true });
      return entries.filter((e) => e.isFile()).map((e) => join(e.parentPath, e.name));
    };
    return {
      files,
      paths,
      path: directory.path,
      [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose](),
    };
  };
  const content = [Buffer.from('a text of three pieces')];

  test('files survive the process, and belong to its user alone', async () => {
    await using opened = await open();
    const { uri } = await opened.files.write('ann', content, 'text/plain');
    const again = createFiles({ store: createDirectoryStore(opened.path), maxBytes: 1 });
    expect((await read(await again.find('ann', uri))).toString()).toBe('a text of three pieces');
    for (const path of await opened.paths()) expect((await stat(path)).mode & 0o077).toBe(0);
  });

  test.each([
    [
      'changed',
      async (path: string) =>
        writeFile(
          path,
          (await readFile(path)).map((b) => b ^ 1),
        ),
    ],
    ['cut short', async (path: string) => truncate(path, 3)],
    ['larger', async (path: string) => truncate(path, 10_000_000)],
    ['emptied, as by a full disk', async (path: string) => truncate(path, 0)],
  ])('an object that was %s is told, and none of it is handed out', async (_, spoil) => {
    await using opened = await open();
    const { uri } = await opened.files.write('ann', content, 'text/plain');
    for (const path of await opened.paths()) {
      const before = await readFile(path);
      await spoil(path);
      const reading = (async () => read(await opened.files.find('ann', uri)))();
      await expect(reading).rejects.toMatchObject({ code: 'FILE_DAMAGED' });
      await writeFile(path, before);
    }
  });

  test('what was last written too long ago goes, and what was stored again stays', async () => {
    await using opened = await open();
    const old = await opened.files.write('ann', content, 'text/plain');
    const renewed = await opened.files.write('ann', [Buffer.from('renewed')], 'text/plain');
    for (const path of await opened.paths()) await utimes(path, 1_000, 1_000);
    await opened.files.write('ann', [Buffer.from('renewed')], 'text/plain');
    expect(await sweepDirectory(opened.path, Date.now() - 60_000)).toBe(4);
    await expect(opened.files.find('ann', old.uri)).rejects.toMatchObject({
      code: 'FILE_NOT_FOUND',
    });
    expect((await read(await opened.files.find('ann', renewed.uri))).toString()).toBe('renewed');
  });

  test('a directory that cannot be used is told as such', async () => {
    await using opened = await open();
    const blocked = join(opened.path, 'file');
    await writeFile(blocked, '');
    const files = createFiles({ store: createDirectoryStore(blocked), maxBytes: 1_000 });
    await expect(files.write('ann', content, 'text/plain')).rejects.toMatchObject({
      code: 'STORAGE_UNAVAILABLE',
    });
  });
});
