// Objects in a bucket, against a peer that speaks S3 and checks signatures.
import { createHash, createHmac, createSecretKey, randomBytes } from 'node:crypto';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { StoredFile } from '../../src/contract/file.ts';
import { createKeyring } from '../../src/encryption/index.ts';
import { createFiles } from '../../src/storage/files.ts';
import { createS3Store, type S3Options } from '../../src/storage/s3-store.ts';
import { createSealedStore } from '../../src/storage/sealed-store.ts';
import { startFakeUpstream } from '../support/peers/upstream.ts';
import { startTestS3, type TestS3 } from '../support/peers/s3.ts';

const open = (s3: TestS3, options: Partial<S3Options> = {}) => {
  const store = createS3Store({
    endpoint: s3.endpoint,
    region: 'us-east-1',
    bucket: s3.bucket,
    prefix: 'some/prefix/',
    credentials: async () => s3.credentials,
    ...options,
  });
  return {
    store,
    files: createFiles({ store, maxBytes: 1e6, pieceBytes: 1_000 }),
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  };
};

const readAll = async (file: StoredFile) => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of file.read()) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString();
};

const text = 'many pieces '.repeat(1_000);

describe('a bucket', () => {
  test('gives back what was put there, under its prefix', async () => {
    await using s3 = await startTestS3();
    await using opened = open(s3);
    const { uri } = await opened.files.write('ann', [Buffer.from(text)], 'text/plain');
    expect(await readAll(await opened.files.find('ann', uri))).toBe(text);
    await expect(opened.files.find('bob', uri)).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
    await using elsewhere = open(s3, { prefix: 'another/' });
    await expect(elsewhere.files.find('ann', uri)).rejects.toMatchObject({
      code: 'FILE_NOT_FOUND',
    });
  });

  test('keeps and counts what a refused upload leaves, and what has expired is not found, then is stored again', async () => {
    await using s3 = await startTestS3();
    await using opened = open(s3);
    const { store } = opened;
    const files = createFiles({ store, maxBytes: 20_000, pieceBytes: 1_000 });
    const folder = createHash('sha256').update('ann').digest('hex');
    const tooLarge = [randomBytes(2_000), randomBytes(20_000)];
    await expect(files.write('ann', tooLarge, 'text/plain')).rejects.toMatchObject({
      code: 'RESULT_TOO_LARGE',
    });
    expect(await store.sizeOf(folder)).toBeGreaterThanOrEqual(2_000);
    const { uri } = await files.write('ann', [Buffer.from(text)], 'text/plain');
    // The rule of a bucket is the bucket's own, and the peer has none: what it would do is done here.
    const expire = async (kind: 'pieces' | 'files') => {
      const names = await readdir(s3.directory, { recursive: true });
      const paths = names.filter((name) => name.includes(`${folder}/${kind}/`));
      expect(paths.length).toBeGreaterThan(0);
      for (const name of paths) await rm(join(s3.directory, name), { force: true });
    };
    await expire('pieces');
    const gone = { code: 'FILE_NOT_FOUND' };
    await expect(readAll(await files.find('ann', uri))).rejects.toMatchObject(gone);
    await expire('files');
    await expect(files.find('ann', uri)).rejects.toMatchObject(gone);
    expect(await store.sizeOf(folder)).toBe(0);
    await files.write('ann', [Buffer.from(text)], 'text/plain');
    expect(await readAll(await files.find('ann', uri))).toBe(text);
  });

  test('counts what is in a folder, and nothing beside it', async () => {
    await using s3 = await startTestS3();
    await using opened = open(s3);
    for (const key of ['ab/pieces/1', 'ab/files/2', 'abc/files/3']) {
      await opened.store.write(key, Buffer.alloc(1_000));
    }
    expect(await opened.store.sizeOf('ab')).toBe(2_000);
    expect(await opened.store.sizeOf('nobody')).toBe(0);
  });

  test.each([
    [
      'a wrong secret',
      { credentials: async () => ({ accessKeyId: 'S3RVER', secretAccessKey: 'x' }) },
    ],
    ['another bucket', { bucket: 'not-there' }],
  ] as [string, Partial<S3Options>][])(
    'refuses %s, and the error names no secret',
    async (_, wrong) => {
      await using s3 = await startTestS3();
      await using opened = open(s3, wrong);
      const written = opened.files.write('ann', [Buffer.from(text)], 'text/plain');
      await expect(written).rejects.toMatchObject({
        code: 'STORAGE_UNAVAILABLE',
        message: expect.stringMatching(/answered 40[34] (SignatureDoesNotMatch|NoSuchBucket)$/),
      });
      await expect(
        opened.files.find('ann', `longhaul://files/${'0'.repeat(64)}`),
      ).rejects.toMatchObject({ code: 'STORAGE_UNAVAILABLE' });
    },
  );

  test('that is busy is asked again', async () => {
    await using busy = await startFakeUpstream([503, 500, { body: 'x' }]);
    await using opened = open({ endpoint: busy.url, bucket: 'b' } as TestS3, {
      credentials: async () => ({ accessKeyId: 'a', secretAccessKey: 'b', sessionToken: 'c' }),
    });
    expect(Buffer.from((await opened.store.read('key', 10))!).toString()).toBe('x');
    expect(busy.requests.map(({ path }) => path)).toEqual(Array(3).fill('/b/some/prefix/key'));
    expect(busy.requests[0]?.headers['x-amz-security-token']).toBe('c');
  });

  test('holds no plaintext where there are keys, and a sealed object opens in its place alone', async () => {
    await using s3 = await startTestS3();
    await using opened = open(s3);
    const keyring = createKeyring([{ id: 'k', secret: createSecretKey(Buffer.alloc(32, 1)) }]);
    const nameKey = createSecretKey(Buffer.alloc(32, 2));
    const store = createSealedStore(opened.store, { keyring, nameKey });
    const files = createFiles({ store, maxBytes: 1e6, pieceBytes: 1_000 });
    const { uri } = await files.write('ann', [Buffer.from(text)], 'text/plain');
    expect(await readAll(await files.find('ann', uri))).toBe(text);
    const stored = await readdir(s3.directory, { recursive: true, withFileTypes: true });
    const contents = await Promise.all(
      stored
        .filter((entry) => entry.isFile())
        .map(({ parentPath, name }) => readFile(join(parentPath, name), 'latin1')),
    );
    expect(contents.length).toBeGreaterThan(8);
    expect(contents.join('')).not.toMatch(/many|text\/plain/);
    await store.write('one', Buffer.from('secret'));
    const [one, two] = ['one', 'two'].map(
      (key) => `sealed/${createHmac('sha256', nameKey).update(key).digest('hex')}`,
    );
    await opened.store.write(two!, (await opened.store.read(one!, 1_000))!);
    await expect(store.read('two', 100)).rejects.toMatchObject({ code: 'FILE_DAMAGED' });
  });
});
