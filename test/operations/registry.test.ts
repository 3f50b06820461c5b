import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { defineOperation } from '../../src/operations/define.ts';
import { createRegistry } from '../../src/operations/registry.ts';

const named = (name: string) =>
  defineOperation({ name, description: 'An operation.', input: z.object({}), run: () => null });

describe('a registry', () => {
  test('lists operations by name, each with its limits decided', () => {
    const { all } = createRegistry([named('b'), named('a')], { totalTimeoutSeconds: 7 });
    expect(all.map(({ operation, policy }) => [operation.name, policy.totalMs])).toEqual([
      ['a', 7000],
      ['b', 7000],
    ]);
  });

  test('refuses a name that is used twice', () => {
    expect(() => createRegistry([named('a'), named('a')])).toThrow('used twice');
  });
});

describe('an unknown operation', () => {
  const registry = createRegistry(['create_report', 'send_report', 'translate'].map(named));
  const nearestTo = (name: string): unknown => {
    try {
      registry.get(name);
    } catch (error) {
      return error;
    }
    throw new Error('it was found');
  };

  test.each<[string, string[]]>([
    ['creat_report', ['create_report']],
    ['Create_Report', ['create_report']],
    ['report', ['send_report', 'create_report']],
    ['transalte', ['translate']],
    ['zzz', []],
    ['', []],
    ['__proto__', []],
    ['x'.repeat(10_000), []],
  ])('%j is answered with the nearest names', (name, nearest) => {
    expect(nearestTo(name)).toMatchObject({
      code: 'UNKNOWN_OPERATION',
      details: { nearest: expect.arrayContaining(nearest) },
    });
  });

  test('far from every name is answered with what there is', () => {
    expect(nearestTo('zzz')).toMatchObject({
      message: expect.stringMatching(/^no operation "zzz"; there are .*create_report/) as never,
    });
  });
});
