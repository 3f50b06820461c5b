import { expect, test } from '@jest/globals';
import { openTargets } from '../../src/assembly/targets.ts';
import { defineWorkflow } from '../../src/operations/kinds/workflow/operation.ts';
import { createRegistry } from '../../src/operations/registry.ts';
import { createTestEncryption } from '../encryption/keys.ts';

test.each([
  ['is warned of, operation by operation, where tasks are encrypted', createTestEncryption(), 1],
  ['goes without a word where they are not', undefined, 0],
])('what stays readable in the namespace of a workflow %s', async (_, encryption, warnings) => {
  const warned: string[] = [];
  const quiet = () => undefined;
  const log = {
    debug: quiet,
    info: quiet,
    error: quiet,
    warn: (line: string) => void warned.push(line),
  };
  const process = defineWorkflow('process', {
    kind: 'workflow',
    description: 'Processes an order.',
    input: { type: 'object', properties: {} },
    workflow: { type: 'ProcessOrder', taskQueue: 'orders' },
  });
  const targets = openTargets({ context: { env: {} }, log } as never, createRegistry([process]), {
    encryption,
    namespace: 'default',
  } as never);
  await targets[Symbol.asyncDispose]();
  expect(warned).toHaveLength(warnings);
  for (const line of warned) expect(line).toMatch(/^operation process: .*are readable/);
});
