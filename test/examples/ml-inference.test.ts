import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { createTestContext } from '../support/operations/context.ts';
import { jobStepsOf, loadExample } from './load-example.ts';
import { createTemporaryDirectory } from '../support/files/temporary-directory.ts';
import { startFakeUpstream } from '../support/peers/upstream.ts';

/** An inference service: every look at a job finds it further on. */
async function startInference(end: 'succeeded' | 'failed') {
  const looks = [
    { status: 'queued', progress: 0 },
    { status: 'processing', progress: 40 },
    end === 'succeeded'
      ? { status: end, output: { text: 'Hello.', segments: [] } }
      : { status: end, error: 'audio_url could not be fetched' },
  ];
  return startFakeUpstream(({ method, path, headers }) => {
    if (headers.authorization !== 'Bearer t0ken') return 401;
    if (path.endsWith('/cancel')) return 202;
    if (method === 'POST') return { status: 202, body: { id: 'p1' } };
    const body = looks.length > 1 ? looks.shift() : looks[0];
    return { body, headers: { 'retry-after': '3' } };
  });
}

async function startExample(url: string) {
  const registry = await loadExample('ml-inference/longhaul.config.yaml', {
    INFERENCE_API_URL: url,
  });
  const directory = await createTemporaryDirectory();
  await writeFile(join(directory.path, 'inference-token'), 't0ken\n');
  return {
    ...registry.get('transcribe_audio'),
    context: createTestContext({ baseDirectory: directory.path }),
    [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose](),
  };
}

const parameters = { audio_url: 'https://example.com/a.mp3', speakers: 2 };

test('the inference example submits a job and follows it to its result', async () => {
  await using upstream = await startInference('succeeded');
  await using example = await startExample(upstream.url);
  const steps = jobStepsOf(example.operation);

  const { handle } = await steps.submit(parameters, example.context);
  expect(handle).toBe('p1');
  expect(upstream.requests[0]).toMatchObject({
    path: '/v1/predictions',
    idempotencyKey: 'key-1',
    json: { model: 'transcribe-large', input: { audio: 'https://example.com/a.mp3', speakers: 2 } },
  });

  const look = () => steps.poll({ parameters, handle }, example.context);
  await expect(look()).resolves.toMatchObject({
    done: false,
    progress: { fraction: 0 },
    pollAfterMs: 3000,
  });
  await expect(look()).resolves.toMatchObject({ done: false, progress: { fraction: 0.4 } });
  await expect(look()).resolves.toEqual({ done: true, result: { text: 'Hello.', segments: [] } });
});

test('the inference example tells why a job failed', async () => {
  await using upstream = await startInference('failed');
  await using example = await startExample(upstream.url);
  const steps = jobStepsOf(example.operation);
  const look = () => steps.poll({ parameters, handle: 'p1' }, example.context);
  await look();
  await look();
  await expect(look()).rejects.toMatchObject({
    code: 'UPSTREAM_REJECTED',
    details: { status: 'failed', error: 'audio_url could not be fetched' },
  });
});

test('the inference example cancels its job, and never submits twice by itself', async () => {
  await using upstream = await startInference('succeeded');
  await using example = await startExample(upstream.url);
  await jobStepsOf(example.operation).cancel?.({ parameters, handle: 'p1' }, example.context);
  expect(upstream.requests).toMatchObject([{ method: 'POST', path: '/v1/predictions/p1/cancel' }]);
  expect(example.operation.idempotent).toBe(false);
  expect(example.policy.totalMs).toBe(6 * 3600 * 1000);
});
