// What is known of the workflows of others when a process starts.
import { expect, test } from '@jest/globals';
import { openTargets } from '../../src/assembly/targets.ts';
import type { InstalledConnection } from '../../src/assembly/open-temporal.ts';
import type { Settings } from '../../src/assembly/settings.ts';
import { createRegistry } from '../../src/operations/registry.ts';
import { createTestEncryption } from '../encryption/keys.ts';
import { declare } from '../temporal/follow/followed-tasks.ts';

function open(profile: string | undefined, encryption: InstalledConnection['encryption'] = null) {
  const warnings: string[] = [];
  const log = { warn: (line: string) => warnings.push(line) } as unknown as Settings['log'];
  const context = { env: {} } as Settings['context'];
  const connected = { namespace: 'default', encryption } as unknown as InstalledConnection;
  const order = declare('order', { workflow: profile === undefined ? {} : { profile } });
  openTargets({ context, log }, createRegistry([order]), connected);
  return warnings;
}

test('a profile that is not there refuses the start, by one sentence', () => {
  expect(() => open('nowhere')).toThrow(
    /^operation order: workflow.profile: Temporal profile nowhere: /,
  );
});

test('with encryption on, it is said that arguments of workflows are readable', () => {
  expect(open(undefined)).toEqual([]);
  expect(open(undefined, createTestEncryption())).toEqual([
    expect.stringContaining('operation order: tasks are encrypted, but the arguments'),
  ]);
});
