import { describe, expect, test } from '@jest/globals';
import type { Json } from '../../../src/contract/json.ts';
import { toPreview } from '../../../src/mcp/results/preview.ts';
import { estimateTokens } from '../../../src/mcp/results/tokens.ts';

describe('a preview of JSON', () => {
  test('shows keys, types, and the lengths of lists', () => {
    const result = {
      report: 'r-1',
      orders: [
        { id: 1, customer: { name: 'A', vip: false }, items: [{ sku: 'x' }], note: null },
        { id: 2 },
      ],
      totals: [1, 2, 3],
      log: 'x'.repeat(500),
      none: [],
    };

    expect(toPreview(result, 1000)).toEqual({
      type: 'object of 5 keys',
      shape: {
        report: 'text',
        orders: [
          'list of 2 items, the first:',
          {
            id: 'number',
            customer: { name: 'text', vip: 'boolean' },
            items: ['list of 1 item, the first:', 'object of 1 key'],
            note: 'null',
          },
        ],
        totals: 'list of 3 items',
        log: 'text of 500 characters',
        none: 'list of 0 items',
      },
    });
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
