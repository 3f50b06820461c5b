import { expect, test } from '@jest/globals';
import type { BatchInput, ItemEnd } from '../../../src/contract/workflow/batch.ts';
import { createTally } from '../../../workflows/batch/tally.ts';

const toBatch = (count: number, ended?: Readonly<Record<string, ItemEnd>>) =>
  ({
    items: Array.from({ length: count }, (_, index) => ({ name: String(index) })),
    ...(ended && { ended }),
  }) as unknown as BatchInput;
const completed = (result: string): ItemEnd => ({ status: 'completed', taskRef: 'b.0.x', result });
const failed = (message: string): ItemEnd => ({
  status: 'failed',
  taskRef: null,
  code: 'UPSTREAM_REJECTED',
  message,
});

test('failures come first, in the order of the items, and what was not started is counted', () => {
  const tally = createTally(toBatch(4));
  tally.note('2', failed('no'));
  tally.note('1', completed('well'));
  tally.note('0', failed('never'));
  expect(tally.counts).toEqual({ done: 1, failed: 2, total: 4 });
  expect(tally.toResult()).toEqual({
    total: 4,
    done: 1,
    failed: 2,
    not_started: 1,
    failures: [
      { item: '0', task_ref: null, code: 'UPSTREAM_REJECTED', message: 'never' },
      { item: '2', task_ref: null, code: 'UPSTREAM_REJECTED', message: 'no' },
    ],
    results: [{ item: '1', task_ref: 'b.0.x', result: 'well' }],
  });
});

test('a thousand items with large results, or long errors, stay within what a task carries', () => {
  for (const end of [completed('é'.repeat(20_000)), failed('ü'.repeat(300))]) {
    const tally = createTally(toBatch(1_000));
    for (let index = 0; index < 1_000; index += 1) tally.note(String(index), end);
    const text = JSON.stringify(tally.toResult());
    expect(Buffer.byteLength(text)).toBeLessThan(256 * 1024);
    expect(text).toContain('"item":"999"');
  }
});

test('a run that goes on has the ends of the runs before it, and no more room than they left', () => {
  const before = createTally(toBatch(3));
  before.note('0', completed('x'.repeat(90_000)));
  const after = createTally(toBatch(3, before.ended));
  after.note('1', completed('y'.repeat(90_000)));
  after.note('2', completed('z'));
  expect(after.counts).toEqual({ done: 3, failed: 0, total: 3 });
  const { results } = after.toResult() as { readonly results: readonly object[] };
  expect(results.map((result) => Object.keys(result))).toEqual([
    ['item', 'task_ref', 'result'],
    ['item', 'task_ref'],
    ['item', 'task_ref', 'result'],
  ]);
});
