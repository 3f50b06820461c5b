// Files, as an attempt meets them.
import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { offloadResult } from '../../../activities/attempt/files.ts';
import type { JsonObject } from '../../../src/contract/json.ts';
import { OperationError } from '../../../src/contract/errors.ts';
import type { FileReference, Files } from '../../../src/contract/file.ts';
import { defineOperation } from '../../../src/operations/define.ts';
import { defineJob } from '../../../src/operations/define-job.ts';
import { createFiles } from '../../../src/storage/files.ts';
import { readJson, writeJson } from '../../../src/storage/json.ts';
import { beginAttempt } from '../../support/operations/attempt.ts';
import { createMemoryStore } from '../../support/peers/memory-store.ts';

const createStorage = (): Files =>
  createFiles({ store: createMemoryStore().store, maxBytes: 100_000 });
const large = { text: 'x'.repeat(5_000) };
const fail = async () => Promise.reject(new OperationError('STORAGE_UNAVAILABLE', 'gone'));
const broken: Files = { maxBytes: 1, write: fail, find: fail, refusal: () => null };

const define = (idempotent = false) =>
  defineOperation({
    name: 'echo',
    description: 'for tests',
    input: z.object({ text: z.string() }),
    output: z.object({ text: z.string() }),
    idempotent,
    run: (parameters) => parameters,
  });

test('half a character in a result is replaced, since no client could read the rest', async () => {
  const input = { parameters: { text: 'a\ud800' } };
  expect(await beginAttempt(define(), { input }).result).toEqual({ text: 'a\ufffd' });
});

describe('what is too large to travel', () => {
  test('comes in as a file, and goes out as one, of the principal alone', async () => {
    const files = createStorage();
    const storedParameters = await writeJson(files, 'ann', large);
    const input = { parameters: null, storedParameters, principal: 'ann' };
    const result = (await beginAttempt(define(), { files, input }).result) as FileReference;
    expect(result).toMatchObject({ mimeType: 'application/json', size: 5_011 });
    expect(await readJson(files, 'ann', result.uri)).toEqual(large);
    await expect(
      beginAttempt(define(), { files, input: { ...input, principal: 'bob' } }).result,
    ).rejects.toMatchObject({ type: 'FILE_NOT_FOUND', nonRetryable: true });
  });

  test('says as a file, too, that a tool has answered with an error', async () => {
    const offload = async (result: JsonObject) =>
      offloadResult(
        result,
        { principal: 'ann' },
        {
          ...{ files: createStorage(), maxResultBytes: 1_000, repeatable: true },
          log: { warn: () => undefined },
        },
      );
    const { uri, ...rest } = (await offload({ ...large, isError: true })) as FileReference;
    expect(uri).toContain('longhaul://files/');
    expect(rest).toMatchObject({ isError: true });
    expect(await offload({ ...large, isError: false })).not.toHaveProperty('isError');
  });

  test('is a file also where a job ends with it', async () => {
    const files = createStorage();
    const job = defineJob({
      name: 'train',
      description: 'for tests',
      input: z.object({}),
      submit: async () => 1,
      poll: async () => ({ done: true, result: large }),
    });
    expect(await beginAttempt(job, { files, type: 'train.poll' }).result).toMatchObject({
      size: 5_011,
    });
  });

  test.each([
    [false, 'OUTCOME_UNKNOWN'],
    [true, 'STORAGE_UNAVAILABLE'],
  ])(
    'and cannot be stored: of an operation that is idempotent %p it is %s',
    async (idempotent, type) => {
      const { result } = beginAttempt(define(idempotent), {
        files: broken,
        input: { parameters: large },
      });
      await expect(result).rejects.toMatchObject({ type });
    },
  );

  test('cannot be read for now: the attempt may be made again', async () => {
    const storedParameters = await writeJson(createStorage(), 'local', large);
    const { result } = beginAttempt(define(), {
      files: broken,
      input: { parameters: null, storedParameters },
    });
    await expect(result).rejects.toMatchObject({
      type: 'STORAGE_UNAVAILABLE',
      nonRetryable: false,
    });
  });
});

describe('an operation', () => {
  const copy = defineOperation({
    name: 'copy',
    description: 'for tests',
    input: z.object({ file: z.string() }),
    run: async ({ file }, { open, store }) => ({ copy: await store((await open(file)).read()) }),
  });

  test('opens files of its principal, and stores others', async () => {
    const files = createStorage();
    const { uri, sha256 } = await files.write('ann', [Buffer.from('hello')], 'text/plain');
    const input = { parameters: { file: uri }, principal: 'ann' };
    expect(await beginAttempt(copy, { files, input }).result).toMatchObject({
      copy: { sha256, mimeType: 'application/octet-stream' },
    });
    await expect(
      beginAttempt(copy, { files, input: { ...input, principal: 'bob' } }).result,
    ).rejects.toMatchObject({ type: 'FILE_NOT_FOUND' });
  });

  test('hears that there is no storage', async () => {
    const { result } = beginAttempt(copy, { input: { parameters: { file: 'x' } } });
    await expect(result).rejects.toMatchObject({
      type: 'INTERNAL',
      message: expect.stringContaining('storage.mode'),
    });
  });

  test('that is told to stop stops storing', async () => {
    const files = createStorage();
    let given = 0;
    const endless = defineOperation({
      name: 'endless',
      description: 'for tests',
      input: z.object({}),
      run: async (_, { store }) =>
        store(
          (async function* () {
            for (;;) {
              given += 1;
              yield await new Promise<Buffer>((resolve) => setTimeout(resolve, 5, Buffer.of(1)));
            }
          })(),
        ),
    });
    const attempt = beginAttempt(endless, { files });
    attempt.stop();
    await expect(attempt.result).rejects.toThrow();
    const before = given;
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(given).toBe(before);
  });
});
