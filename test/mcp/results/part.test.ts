import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseJson } from '../../../src/contract/json/exact-number.ts';
import type { Json } from '../../../src/contract/json.ts';
import { readPart, type Part, type PartQuestion } from '../../../src/mcp/results/part.ts';
import { estimateTokens } from '../../../src/mcp/results/tokens.ts';

const BUDGET = 1000;

const orders = Array.from({ length: 2000 }, (_, index) => ({
  id: index,
  customer: `Customer ${index}`,
  note: index === 1234 ? 'The NEEDLE is here' : null,
}));
const result = { report: 'r-1', orders, log: 'first line\n'.repeat(3000), count: 2000 };

const read = (question: PartQuestion, from: Json = result): Part =>
  readPart(from, question, BUDGET);

/** Follows next_step to the end, as a model does. */
function readAll(from: Json, question: PartQuestion): Part[] {
  const parts: Part[] = [];
  for (let next: PartQuestion | null = question; next !== null;) {
    const part: Part = read(next, from);
    parts.push(part);
    const again = /again with (\{.*?\})\./.exec(part.next_step)?.[1];
    next = again === undefined ? null : (JSON.parse(again) as PartQuestion);
  }
  return parts;
}

describe('a path', () => {
  test('leads to one field', () => {
    expect(read({ path: '/orders/1234/customer' })).toEqual({
      path: '/orders/1234/customer',
      type: 'text of 13 characters',
      left: 0,
      value: 'Customer 1234',
      next_step: 'This is all of it.',
    });
  });

  test('may lack its first slash', () => {
    expect(read({ path: 'count' })).toMatchObject({ path: '/count', value: 2000 });
  });

  test('keeps the digits of a number', () => {
    const part = read({ path: '/id' }, parseJson('{"id":90071992547409931}') as Json);

    expect(JSON.stringify(part)).toContain('"value":90071992547409931');
  });

  test('that leads nowhere is refused with what is there', () => {
    expect(() => read({ path: '/orders/7/name' })).toThrow(
      '/orders/7/name leads nowhere: /orders/7 is {"id":"number","customer":"text of 10 characters","note":"null"}',
    );
    expect(() => read({ path: '/orders[7]' })).toThrow(
      'the result is {"report":"text of 3 characters"',
    );
  });
});

describe('items, keys and lines', () => {
  test('what is too large is named, with its shape', () => {
    expect(read({})).toMatchObject({
      type: 'object of 4 keys',
      value: { report: 'r-1', count: 2000 },
      not_shown: {
        '/orders': ['list of 2000 items, the first:', 'object of 3 keys'],
        '/log': 'text of 33000 characters',
      },
      left: 0,
      next_step:
        'This is the end of it. What not_shown names is too large for one answer: call read_task_result with its path.',
    });
  });

  test('a list goes on where it was left', () => {
    const part = read({ path: '/orders', offset: 10, limit: 2 });

    expect(part).toMatchObject({ value: [{ id: 10 }, { id: 11 }], left: 1988 });
    expect(part.next_step).toContain(
      'call read_task_result again with {"path":"/orders","offset":12}',
    );
  });

  test('an item that is too large stands alone', () => {
    const list = [1, { big: 'word '.repeat(2000), small: 1 }, 3];

    const parts = readAll(list, {});

    expect(parts.map(({ value, not_shown }) => ({ value, not_shown }))).toEqual([
      { value: [1], not_shown: undefined },
      { value: [], not_shown: { '/1': { big: 'text of 10000 characters', small: 1 } } },
      { value: [3], not_shown: undefined },
    ]);
  });

  test('what lies behind the end is nothing', () => {
    expect(read({ path: '/orders', offset: 5000 })).toMatchObject({ value: [], left: 0 });
    expect(read({ path: '/log', offset: 5000 })).toMatchObject({ value: '', left: 0 });
  });

  test('lines put together are the text', () => {
    const text = `${'long '.repeat(3000)}\n\nshort\n${'🚀'.repeat(3000)}`;

    const parts = readAll({ text }, { path: '/text' });

    expect(parts.map(({ value }) => value as string).join('')).toBe(text);
    expect(parts.length).toBeGreaterThan(3);
  });
});

describe('find', () => {
  test('says where a text stands, whatever its case', () => {
    expect(read({ find: 'needle' })).toMatchObject({
      matches: [{ path: '/orders/1234/note', excerpt: 'The NEEDLE is here' }],
      left: 0,
    });
  });

  test('names the line of a text, by which it is read', () => {
    const text = `${'nothing\n'.repeat(700)}Error: out of paper\n${'nothing\n'.repeat(700)}`;
    const { matches } = read({ find: 'error:' }, { text });

    expect(matches).toEqual([{ path: '/text', line: 700, excerpt: 'Error: out of paper' }]);
    expect(read({ path: '/text', offset: 700, limit: 1 }, { text })['value']).toBe(
      'Error: out of paper\n',
    );
  });

  test('takes what it looks for as it is, finds keys and numbers, and looks below a path alone', () => {
    const from = { 'a.b': 1, list: ['axb', 'a.b'], number: 12_345 };

    expect(read({ find: 'a.b' }, from)['matches']).toEqual([
      { path: '/a.b', excerpt: 'a.b' },
      { path: '/list/1', excerpt: 'a.b' },
    ]);
    expect(read({ find: '234' }, from)['matches']).toEqual([{ path: '/number', excerpt: '12345' }]);
    expect(read({ find: 'a.b', path: '/list' }, from)['matches']).toHaveLength(1);
  });

  test('takes every sign as it is', () => {
    const signs = ' !"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~';

    expect(read({ find: signs }, [`before${signs}behind`])['matches']).toHaveLength(1);
  });

  test('goes on where it was left', () => {
    const parts = readAll(result, { find: 'customer 19' });

    const paths = parts.flatMap(({ matches }) => matches as { path: string }[]);
    expect(new Set(paths.map(({ path }) => path)).size).toBe(111);
    expect(paths).toHaveLength(111);
  });

  test('what is not there is said so', () => {
    expect(read({ find: 'nowhere' })).toMatchObject({ matches: [], left: 0 });
  });
});

test('every part is within the budget, and reading on ends', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), fc.integer({ min: 1, max: 40 }), (inner, copies) => {
      const from = Array.from({ length: copies }, () => ({
        inner,
        text: 'a few words '.repeat(copies),
      }));
      for (const part of readAll(from as Json, {})) {
        expect(estimateTokens(JSON.stringify(part))).toBeLessThanOrEqual(BUDGET);
      }
    }),
    { numRuns: 50 },
  );
});
