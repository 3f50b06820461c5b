import { describe, expect, test } from '@jest/globals';
import { openInOrder } from '../../src/assembly/open-in-order.ts';

const toPart = (name: string, closed: string[], failure?: Error) => ({
  name,
  [Symbol.asyncDispose]: async () => {
    await Promise.resolve();
    closed.push(name);
    if (failure) throw failure;
  },
});

describe('what is opened in order', () => {
  test('is closed in reverse, and what is not there is left out', async () => {
    const closed: string[] = [];
    {
      await using opened = await openInOrder(async (add) => {
        const a = add(toPart('a', closed));
        const b = add(toPart('b', closed));
        return { names: [a.name, b.name], none: add(null) };
      });
      expect(opened).toMatchObject({ names: ['a', 'b'], none: null });
      expect(closed).toEqual([]);
    }
    expect(closed).toEqual(['b', 'a']);
  });

  test('is closed again when the next cannot be opened', async () => {
    const closed: string[] = [];
    const opening = openInOrder(async (add) => {
      add(toPart('a', closed));
      add(toPart('b', closed));
      return Promise.reject(new Error('c is away'));
    });
    await expect(opening).rejects.toThrow('c is away');
    expect(closed).toEqual(['b', 'a']);
  });

  test('is closed although what was opened later cannot be', async () => {
    const closed: string[] = [];
    const opened = await openInOrder(async (add) => ({
      a: add(toPart('a', closed)),
      b: add(toPart('b', closed, new Error('b hangs'))),
    }));
    await expect(opened[Symbol.asyncDispose]()).rejects.toThrow('b hangs');
    expect(closed).toEqual(['b', 'a']);
  });
});
