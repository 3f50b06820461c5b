import { createSecretKey } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { batch } from '../../../src/operations/builtin/batch.ts';
import type { Json } from '../../../src/contract/json.ts';
import { createRegistry } from '../../../src/operations/registry.ts';
import { planBatch } from '../../../src/temporal/tasks/plan-batch.ts';
import { createTestOperations } from '../../support/operations/test-operations.ts';

const { registry: own } = createTestOperations();
const registry = createRegistry([batch, ...own.all.map(({ operation }) => operation)]);
const key = createSecretKey(Buffer.alloc(32, 1));
const names = { principal: 'local', key: 'b', nameKey: null, installationKey: key };

const plan = (parameters: Json, more = {}) => {
  const { steps } = batch;
  if (steps.kind !== 'batch') throw new Error('it is none');
  const request = steps.read(parameters);
  return planBatch(request, registry.get(request.operation), { ...names, ...more });
};
const work = (label: string, ms: Json = 1) => ({ parameters: { label, ms } });
const thrownBy = (act: () => unknown): unknown => {
  try {
    act();
  } catch (thrown) {
    return thrown;
  }
  throw new Error('nothing was thrown');
};

describe('a batch', () => {
  test('gives each item the names of a task, and none of them twice', () => {
    const { items, concurrency } = plan({
      operation: 'work',
      items: [work('a'), { key: 'second', ...work('b') }],
    });
    expect(items).toMatchObject([
      { name: '0', key: 'b.0', workflowId: 'local:b.0', parameters: { label: 'a', ms: 1 } },
      { name: 'second', key: 'b.second', workflowId: 'local:b.second' },
    ]);
    expect(new Set(items.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(2);
    expect(concurrency).toBe(2);
  });

  test('names items by hashes where keys are not to be seen', () => {
    const { items, packsMemo } = plan({ operation: 'work', items: [work('a')] }, { nameKey: key });
    expect(items[0]!.workflowId).toMatch(/^local:h_[\w-]{43}$/);
    expect(packsMemo).toBe(true);
  });

  test('is refused with what is wrong in all of its items', () => {
    const items = [work('a'), work('b', 'soon'), work('c'), { parameters: { nothing: 1 } }];
    expect(thrownBy(() => plan({ operation: 'work', items }))).toMatchObject({
      code: 'INVALID_PARAMETERS',
      details: {
        issues: [
          { path: '/items/1/parameters/ms' },
          { path: '/items/3/parameters/ms' },
          { path: '/items/3/parameters/nothing' },
        ],
        bad_items: [1, 3],
        input_schema: registry.get('work').operation.inputSchema,
      },
    });
  });

  test.each<[string, object, string]>([
    ['without items', { items: [] }, '/items'],
    ['of more than a thousand', { items: Array(1_001).fill({ parameters: {} }) }, '/items'],
    ['of which two have one name', { items: [{}, { key: '0' }] }, '/items/1/key'],
    ['with a key that a handle cannot show', { items: [{ key: 'a.b' }] }, '/items/0/key'],
    ['with parameters that are none', { items: [{ parameters: [] }] }, '/items/0/parameters'],
    ['that runs too many at once', { items: [{}], concurrency: 101 }, '/concurrency'],
    ['of batches', { operation: 'batch', items: [{}] }, '/operation'],
  ])('%s is refused', (_, more, path) => {
    const refusal = thrownBy(() => plan({ operation: 'work', ...more }));
    expect(refusal).toMatchObject({
      code: 'INVALID_PARAMETERS',
      details: { issues: [expect.objectContaining({ path })] },
    });
  });
});
