import { expect, test } from '@jest/globals';
import { createRanking, type Ranked } from '../../../src/mcp/control/rank-operations.ts';

const operation = (name: string, more: Partial<Ranked> = {}): Ranked => ({
  name,
  title: name,
  description: 'Does something slow.',
  tags: [],
  inputSchema: { type: 'object', properties: {} },
  ...more,
});

const rank = createRanking([
  operation('export_orders', { description: 'Writes every order of a month into a file.' }),
  operation('monthly_report', { title: 'Monthly report', tags: ['finance'] }),
  operation('refundPayment', {
    description: 'Pays an amount back. A report follows by mail.',
    inputSchema: { type: 'object', properties: { invoice_id: { type: 'string' } } },
  }),
  operation('sleep', { description: 'Sleeps for a while, and then reports.' }),
]);
const names = (query: string) => rank(query).map(({ name }) => name);

test.each<[string, string, string[]]>([
  ['a name counts more than a description', 'report', ['monthly_report', 'refundPayment', 'sleep']],
  ['a tag', 'Finance', ['monthly_report']],
  ['a parameter', 'invoice', ['refundPayment']],
  ['one part of a name in camelCase', 'refund', ['refundPayment']],
  ['a plural', 'payments', ['refundPayment']],
  ['the beginning of a word', 'expo', ['export_orders']],
  [
    'the operation that has both words comes first',
    'order month',
    ['export_orders', 'monthly_report'],
  ],
  ['a rare word counts more than a common one', 'slow finance', ['monthly_report']],
  ['an article does not count', 'refund a payment', ['refundPayment']],
  ['nothing', '', []],
  ['a word that nobody has', 'translate', []],
])('operations are found by words: %s', (_, query, expected) => {
  expect(names(query).slice(0, expected.length || 99)).toEqual(expected);
});

test('a thousand operations are ranked in a moment, and equal ones keep their order', () => {
  const many = Array.from({ length: 1_000 }, (_, index) => operation(`import_${index}`));

  expect(createRanking(many)('import')).toEqual(many);
});
