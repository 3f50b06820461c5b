import { describe, expect, test } from '@jest/globals';
import type { Json } from '../../../src/contract/json.ts';
import { toPreview } from '../../../src/mcp/results/preview.ts';
import { estimateTokens } from '../../../src/mcp/results/tokens.ts';

describe('a preview of JSON', () => {
  const orders = Array.from({ length: 400 }, (_, id) => ({
    id,
    customer: { name: `Customer ${id}`, address: 'x'.repeat(5_000), vip: false },
    note: null,
  }));

  test('shows keys, types, and the lengths of lists, and what is short as it is', () => {
    const totals = Array.from({ length: 3_000 }, (_, id) => id);
    const result = { report: 'r-1', done: 100, orders, totals, log: 'x'.repeat(5_000), none: [] };

    expect(toPreview(result, 1000)).toEqual({
      type: 'object of 6 keys',
      shape: {
        report: 'r-1',
        done: 100,
        orders: [
          'list of 400 items, the first:',
          {
            id: 0,
            customer: { name: 'Customer 0', address: 'text of 5000 characters', vip: false },
            note: null,
          },
        ],
        totals: 'list of 3000 items',
        log: 'text of 5000 characters',
        none: [],
      },
    });
  });

  test('shows lists whole that are short, such as the failures of a batch', () => {
    const failures = [
      { item: '7', code: 'UPSTREAM_REJECTED' },
      { item: '9', code: 'UPSTREAM_REJECTED' },
    ];

    const preview = toPreview({ total: 400, done: 398, failed: 2, failures, orders }, 1500);

    expect(preview).toMatchObject({ shape: { done: 398, failed: 2, failures } });
  });

  test('shows no text as it is that reads like the shape of something', () => {
    const preview = toPreview({ a: 'list of 3 items', b: ['text of 9 characters'], orders }, 1500);

    expect(preview).toMatchObject({ shape: { a: 'text of 15 characters', b: 'list of 1 item' } });
  });

  test.each<[string, Json]>([
    [
      'many keys',
      Object.fromEntries(Array.from({ length: 5000 }, (_, key) => [`key_${key}`, key])),
    ],
    [
      'deep objects',
      Array.from({ length: 200 }).reduce<Json>((inner) => ({ a: inner, b: inner }), 1),
    ],
    ['long keys', { ['k'.repeat(20_000)]: 1 }],
  ])('is within its budget: %s', (_, result) => {
    expect(estimateTokens(JSON.stringify(toPreview(result, 300)))).toBeLessThanOrEqual(320);
  });
});

describe('a preview of a text', () => {
  test('is its first lines, whole', () => {
    const text = Array.from({ length: 500 }, (_, line) => `line ${line} of the log\n`).join('');

    const preview = toPreview(text, 100);

    expect(preview).toMatchObject({ type: `text of ${text.length} characters`, lines: 500 });
    expect(preview['beginning']).toMatch(/^line 0 of the log\n(line \d+ of the log\n)+$/);
  });

  test('is never cut within a character', () => {
    const { beginning } = toPreview('🚀'.repeat(5000), 3000);

    expect((beginning as string).isWellFormed()).toBe(true);
    expect((beginning as string).length).toBeGreaterThan(0);
  });
});
