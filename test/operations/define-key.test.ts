import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { defineOperation } from '../../src/operations/define.ts';

const valid = {
  name: 'refund',
  description: 'Refunds an order.',
  input: z.object({ orderId: z.string() }),
  run: () => null,
};

describe('a derived key', () => {
  const withKey = (key: string | null) => defineOperation({ ...valid, deriveKey: () => key });
  const parameters = { orderId: '1' };

  test('comes from the parsed parameters', () => {
    const operation = defineOperation({
      ...valid,
      deriveKey: ({ orderId }) => `refund-${orderId}`,
    });
    expect(operation.accept({ orderId: '7' }).deriveKey()).toBe('refund-7');
    expect(() => operation.accept({ orderId: 7 }).deriveKey()).toThrow('/orderId');
  });

  test('costs no second parse, nor do the delay and the questions', () => {
    let parses = 0;
    const orderId = z.string().refine(() => (parses += 1) > 0);
    const operation = defineOperation({
      ...valid,
      input: z.object({ orderId }),
      deriveKey: (given) => given.orderId,
      delayMs: (given) => given.orderId.length,
      askFirst: (given) => ({ reason: { message: given.orderId, requestedSchema: {} } }),
    });
    const accepted = operation.accept(parameters);
    expect([accepted.deriveKey(), accepted.delayMs()]).toEqual(['1', 1]);
    expect(accepted.askFirst()).toHaveProperty('reason');
    expect(parses).toBe(1);
  });

  test('is null where none is derived', () => {
    expect(defineOperation(valid).accept(parameters).deriveKey()).toBeNull();
    expect(withKey(null).accept(parameters).deriveKey()).toBeNull();
    expect(withKey('').accept(parameters).deriveKey()).toBeNull();
  });

  test.each([['with space'], ['x'.repeat(129)], ['schlüssel']])(
    '%j is replaced by its hash',
    (key) => {
      expect(withKey(key).accept(parameters).deriveKey()).toMatch(/^h_[A-Za-z0-9_-]{43}$/);
    },
  );
});
