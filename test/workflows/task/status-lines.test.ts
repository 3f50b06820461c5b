import { expect, test } from '@jest/globals';
import { createStory } from '../../../workflows/task/status-lines.ts';

test('tells every step to whoever reads and to whoever asks', () => {
  const published: string[] = [];
  const story = createStory((text) => published.push(text));
  story.tell('one');
  story.tell('two');
  expect(published).toEqual(['one', 'one\n\ntwo']);
  expect(story.read()).toBe('one\n\ntwo');
});

test('does not grow with the number of steps, nor with the words of an upstream', () => {
  const story = createStory(() => undefined);
  for (let step = 0; step < 1_000; step += 1) story.tell(`${step} ${'x'.repeat(100_000)}`);
  expect(story.read().length).toBeLessThan(7_000);
  expect(story.read()).toMatch(/^980 x/);
});
