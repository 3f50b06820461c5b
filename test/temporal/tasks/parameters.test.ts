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
  expect(await planParameters(parameters, options, 'wait less')('local')).toEqual({ parameters });
});

test.each([
  ['where they cannot travel with it', options, 'wait less', '524288: wait less'],
  ['without storage', {}, null, '524288: where files are kept (storage), they may be larger'],
  ['above the largest file', { files: { ...files, maxBytes: 1_000 } }, null, '1000: leave out'],
])('they are refused %s, with the limit and the way out', (_, given, instead, refusal) => {
  const parameters = { text: 'x'.repeat(600_000) };
  expect(() => planParameters(parameters, given, instead)).toThrow(
    `the parameters have 600011 bytes; a task carries at most ${refusal}`,
  );
});
