// The options of `limits`.
import { describe, expect, test } from '@jest/globals';
import { createConfiguredTasks } from '../../src/assembly/task-service.ts';
import { createConfiguredRegistry } from '../../src/assembly/configuration.ts';
import { loadConfig } from '../../src/config/index.ts';
import { createWorkspace } from '../support/files/workspace.ts';

async function load(yaml: string) {
  await using workspace = await createWorkspace({ 'longhaul.config.yaml': yaml });
  return await loadConfig({ workingDirectory: workspace.directory, env: {} });
}

describe('limits', () => {
  test('are none by default', async () => {
    expect((await load('{}')).limits).toEqual({
      runningShare: 0.5,
      fairness: true,
      openTasks: null,
      startsPerSecond: null,
      startBurst: null,
      concurrentWaits: null,
      storageBytes: null,
      operations: {},
    });
  });

  test('of an operation leave open what they do not say', async () => {
    const { limits } = await load('limits: { operations: { sleep: { openTasks: 2 } } }');
    expect(limits.operations['sleep']).toEqual({
      openTasks: 2,
      startsPerSecond: null,
      startBurst: null,
      concurrentWaits: null,
    });
  });

  test.each([
    'limits: { openTasks: 0 }',
    'limits: { openTasks: 1.5 }',
    'limits: { startsPerSecond: -1 }',
    'limits: { concurrentWaits: many }',
    'limits: { opentasks: 3 }',
    'limits: { operations: { sleep: 3 } }',
    'limits: { operations: { sleep: { operations: {} } } }',
  ])('that mean nothing are refused: %s', async (yaml) => {
    await expect(load(yaml)).rejects.toThrow(/limits\./);
  });

  test('of an operation that nobody knows are refused before anything is served', async () => {
    const config = await load('limits: { operations: { slep: { openTasks: 1 } } }');
    const registry = createConfiguredRegistry(config);
    const backend = { connected: {} } as Parameters<typeof createConfiguredTasks>[1];
    const parts = { role: 'tasks', config, registry, offered: registry } as const;
    expect(() => createConfiguredTasks(parts, backend)).toThrow(/slep/);
  });
});
