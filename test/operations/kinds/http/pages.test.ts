import { describe, expect, test } from '@jest/globals';
import type { Json } from '../../../../src/contract/json.ts';
import { defineHttpOperation } from '../../../../src/operations/kinds/http/operation.ts';
import type { Operation } from '../../../../src/operations/operation.ts';
import { createTestContext } from '../../../support/operations/context.ts';
import { startFakeUpstream } from '../../../support/peers/upstream.ts';

async function run({ steps }: Operation): Promise<Json> {
  if (steps.kind !== 'run') throw new Error('not an operation of one attempt');
  return steps.run({}, createTestContext());
}

describe('a result in pages', () => {
  const paged = (url: string, change: object = {}) =>
    defineHttpOperation('list', {
      kind: 'http',
      description: 'for tests',
      request: { url: `${url}/items` },
      response: { result: '/items', pages: { next: '/next', query: 'page', ...change } },
    });

  test('is put together', async () => {
    await using upstream = await startFakeUpstream(({ path }) => {
      const page = Number(new URL(path, 'http://peer').searchParams.get('page') ?? 1);
      return { body: { items: [page], next: page < 3 ? page + 1 : null } };
    });
    await expect(run(paged(upstream.url))).resolves.toEqual([1, 2, 3]);
    await expect(run(paged(upstream.url, { max: 2 }))).rejects.toMatchObject({
      code: 'RESULT_TOO_LARGE',
    });
  });

  test('that never changes is refused', async () => {
    await using upstream = await startFakeUpstream([{ body: { items: [1], next: 'same' } }]);
    await expect(run(paged(upstream.url))).rejects.toMatchObject({
      code: 'UPSTREAM_REJECTED',
      message: expect.stringContaining('read already'),
    });
  });

  test('is for requests that can be repeated', () => {
    const request = { method: 'POST', url: 'https://api.example.com/items' } as const;
    const response = { pages: { next: '/next' } };
    const declared = { kind: 'http', description: 'for tests', request, response } as const;
    expect(() => defineHttpOperation('list', declared)).toThrow('would take effect again');
  });
});
