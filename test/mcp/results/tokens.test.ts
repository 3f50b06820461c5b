import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { estimateTokens } from '../../../src/mcp/results/tokens.ts';

const orders = Array.from({ length: 100 }, (_, index) => ({
  id: 1_000_000 + index * 7919,
  customer: `Customer ${index}`,
  email: `user${index}@example.com`,
  amount: index * 1.37,
  created_at: new Date(1.7e12 + index * 1e7).toISOString(),
  tags: ['new', 'priority'],
  paid: index % 3 === 0,
  address: { street: 'Main Street 12', city: 'Utrecht', zip: '3511 AB' },
}));
const digest = (index: number) => createHash('sha256').update(String(index)).digest();
const digests = Array.from({ length: 60 }, (_, index) => digest(index));

test.each<[string, string]>([
  ['JSON', JSON.stringify(orders)],
  ['indented JSON', JSON.stringify(orders, null, 2)],
  ['digests', JSON.stringify(digests.map((bytes) => bytes.toString('hex')))],
  ['base64', Buffer.concat(digests).toString('base64')],
  ['numbers', JSON.stringify(orders.map(({ id }) => Math.sin(id) * 1000))],
  [
    'a log',
    orders.map((o) => `${o.created_at} INFO [worker] ${o.id} in ${o.amount} ms`).join('\n'),
  ],
  [
    'HTML',
    orders.map((o) => `<tr class="row"><td>${o.id}</td><td>${o.email}</td></tr>`).join('\n'),
  ],
  ['prose', readFileSync('docs/security.md', 'utf8')],
  ['code', readFileSync('src/contract/json/decimal.ts', 'utf8')],
  [
    'German',
    'Gleichgewichtsstörungen können innerhalb von Millisekunden überprüft werden. '.repeat(30),
  ],
  ['Russian', 'Агент запускает медленную операцию и получает дескриптор. '.repeat(30)],
  ['Arabic', 'يبدأ الوكيل عملية بطيئة ويحصل على مقبض في غضون أجزاء من الثانية. '.repeat(30)],
  ['Chinese', '长任务在后台运行，代理随时可以用句柄读取结果。'.repeat(30)],
  ['Japanese', 'エージェントは遅い操作を開始し、ハンドルを受け取ります。'.repeat(30)],
])('the tokens of %s are estimated to within a quarter', (_, text) => {
  const share = estimateTokens(text) / countTokens(text);

  expect(share).toBeGreaterThan(0.75);
  expect(share).toBeLessThan(1.25);
});

test('nothing costs nothing', () => {
  expect(estimateTokens('')).toBe(0);
});
