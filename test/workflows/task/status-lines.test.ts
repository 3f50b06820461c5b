import { expect, test } from '@jest/globals';
import { createStatusLines } from '../../../workflows/task/status-lines.ts';

test('tells every step to whoever reads and to whoever asks', () => {
  const published: string[] = [];
  const lines = createStatusLines((text) => published.push(text));
  lines.add('one');
  lines.add('two');
  expect(published).toEqual(['one', 'one\n\ntwo']);
  expect(lines.read()).toBe('one\n\ntwo');
});

test('does not grow with the number of steps, nor with the words of an upstream', () => {
  const lines = createStatusLines(() => undefined);
  for (let step = 0; step < 1_000; step += 1) lines.add(`${step} ${'x'.repeat(100_000)}`);
  expect(lines.read().length).toBeLessThan(7_000);
  expect(lines.read()).toMatch(/^980 x/);
});
