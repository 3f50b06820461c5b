import { expect, test } from '@jest/globals';
import { createFiles } from '../../../src/storage/files.ts';
import { planParameters } from '../../../src/temporal/tasks/parameters.ts';
import { createMemoryStore } from '../../support/peers/memory-store.ts';

const { store } = createMemoryStore();
const files = createFiles({ store, maxBytes: 1_000_000, quotaBytes: null });
const options = { files, maxInlineBytes: 1_000 };

test('large parameters become a file, but not of a task that begins when the file may be gone', async () => {
  const parameters = { text: 'x'.repeat(2_000) };
  expect(await planParameters(parameters, options)('local')).toMatchObject({
    parameters: null,
    storedParameters: { size: 2_011 },
  });
  expect(await planParameters(parameters, options, false)('local')).toEqual({ parameters });
});

test('of such a task they are refused where they cannot travel with it', () => {
  const parameters = { text: 'x'.repeat(600_000) };
  expect(() => planParameters(parameters, options, false)).toThrow('a task carries at most 524288');
});
