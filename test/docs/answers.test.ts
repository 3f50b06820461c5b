// The page about answers shows calls; each is made, and answered as it says.
import { readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import * as z from 'zod';
import { defineOperation } from '../../src/operations/define.ts';
import { createRegistry } from '../../src/operations/registry.ts';
import { connectClient } from '../support/clients/mcp-clients.ts';
import { createFace } from '../support/gateways/face.ts';

const SHOWN_REF = 'monthly-report.AAAAAAAAAAAAAAAAAAAAAA';
const EXAMPLE = /```json call (\w+)\n([^]*?)```\n\n```json answer\n([^]*?)```/g;

const define = (name: string, description: string) =>
  defineOperation({ name, description, input: z.object({}), run: () => null });
const registry = createRegistry([
  define('monthly_report', 'Makes the report of a month.'),
  define('refund_payment', 'Pays an amount back.'),
]);
const result = {
  month: '2026-11',
  orders: Array.from({ length: 5_000 }, (_, id) => ({
    id,
    customer: `Customer ${id}`,
    paid: id % 2 === 0,
  })),
  log: 'another order was read\n'.repeat(5_000).slice(0, 114_000),
};

test('docs/answers.md shows calls as they are answered', async () => {
  const page = await readFile(new URL('../../docs/answers.md', import.meta.url), 'utf8');
  const examples = [...page.matchAll(EXAMPLE)];
  expect(examples.length).toBeGreaterThan(6);
  const tools = { pair: true, typed: true, inlineWaitSeconds: 3, answerBudgetTokens: 5_000 };
  const face = createFace({ registry, tools });
  const { taskRef } = (
    await face.tasks.start({ principal: 'local' }, { operation: 'monthly_report', parameters: {} })
  ).task;
  face.tasks.set(taskRef, { status: 'completed', result, attempt: 1 });
  await using client = await connectClient('client 2.4 modern', face.target);

  for (const [, tool = '', args = '', answer = ''] of examples) {
    const given = JSON.parse(args.replace(SHOWN_REF, taskRef)) as Record<string, unknown>;
    const shown = JSON.parse(answer.replace(SHOWN_REF, taskRef)) as object;
    expect((await client.call(tool, given)).json).toMatchObject(shown);
  }
});
