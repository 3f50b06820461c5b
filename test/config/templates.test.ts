import { expect, test } from '@jest/globals';
import { CONFIG_JSON_SCHEMA } from '../../src/config/explain/option.ts';
import { createInitFiles } from '../../src/config/templates.ts';
import { KINDS } from '../../src/operations/kinds/index.ts';
import { isJsonObject } from '../../src/contract/json.ts';
import { loadInNode } from './load-in-node.ts';
import { createWorkspace } from '../support/files/workspace.ts';

const files = Object.fromEntries(createInitFiles().map(({ path, content }) => [path, content]));

test('what init writes loads, with one operation of each kind', async () => {
  await using workspace = await createWorkspace(files);
  expect(await loadInNode(workspace.directory)).toEqual({
    port: 7400,
    operations: [
      { name: 'count_words', kind: 'run' },
      ...KINDS.map(({ example }) => ({
        name: /^(\w+): \{$/m.exec(example)?.[1],
        kind: expect.stringMatching(/^(run|job|workflow|activity)$/),
      })),
    ],
    stderr: '',
  });
});

test('what init writes still loads when every option is taken out of its comment', async () => {
  const uncommented = files['longhaul.config.ts']?.replaceAll(/^( *)\/\/ (\w+: .*,)$/gm, '$1$2');
  await using workspace = await createWorkspace({
    ...files,
    'longhaul.config.ts': uncommented ?? '',
  });
  expect(await loadInNode(workspace.directory)).toMatchObject({ port: 7400 });
});

test('what init writes shows every option that is read', () => {
  const groups = Object.entries(CONFIG_JSON_SCHEMA['properties'] ?? {});
  const names = groups.flatMap(([name, group]) => {
    const options = isJsonObject(group) ? group['properties'] : undefined;
    return isJsonObject(options) ? [name, ...Object.keys(options)] : [name];
  });
  const shown = [...(files['longhaul.config.ts'] ?? '').matchAll(/^ +(?:\/\/ )?(\w+):/gm)];
  const missing = names.filter((name) => !shown.some(([, key]) => key === name));
  expect(missing).toEqual(['maxAttempts']);
});
