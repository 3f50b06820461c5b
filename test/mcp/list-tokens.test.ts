// What the list of tools costs a context, counted with the tokenizer of a current model.
import { describe, expect, test } from '@jest/globals';
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import * as z from 'zod';
import { CONTROL_TOOLS } from '../../src/mcp/control/tools.ts';
import { defineOperation } from '../../src/operations/define.ts';
import { createRegistry } from '../../src/operations/registry.ts';
import { connectClient } from '../support/clients/mcp-clients.ts';
import { createFace } from '../support/gateways/face.ts';

const tokens = (value: unknown) => countTokens(JSON.stringify(value));
const tools = {
  pair: true,
  typed: true,
  inlineWaitSeconds: 3,
  answerBudgetTokens: 5_000,
  maxListed: 40,
};
const operations = Array.from({ length: 500 }, (_, index) =>
  defineOperation({
    name: `export_table_${index}`,
    description: `Exports table ${index} of the warehouse into a file. Takes minutes.`,
    input: z.object({
      month: z.string().describe('Such as 2026-11.'),
      format: z.enum(['csv', 'json']),
    }),
    tags: index % 100 === 0 ? ['finance'] : [],
    run: () => null,
  }),
);
const many = createFace({ tools, registry: createRegistry(operations) });
const connectMany = () => connectClient('client 2.4 modern', many.target);

describe('with two operations', () => {
  test('the control tools cost at most 1,900 tokens, and each operation little beside what it says itself', async () => {
    const face = createFace({ tools });
    await using client = await connectClient('client 2.4 modern', face.target);
    const listed = await client.listTools();

    const control = listed.slice(0, CONTROL_TOOLS.length).map(tokens);
    expect(control.reduce((sum, one) => sum + one, 0)).toBeLessThanOrEqual(1_900);
    for (const { operation } of face.registry.all) {
      const tool = listed.find(({ name }) => name === operation.name);
      const { inputSchema, outputSchema, description } = operation;
      const own =
        tokens(inputSchema) + tokens(description) + (outputSchema ? tokens(outputSchema) : 0);
      expect(tokens(tool) - own).toBeLessThanOrEqual(90);
    }
  });
});

describe('with five hundred operations', () => {
  test('the list has them all where it has no bound', async () => {
    const all = createFace({ tools: { ...tools, maxListed: 10_000 }, registry: many.registry });
    await using client = await connectClient('client 2.4 modern', all.target);
    expect(await client.listTools()).toHaveLength(CONTROL_TOOLS.length + operations.length);
  });

  test('the list has the control tools alone, in few tokens', async () => {
    await using client = await connectMany();
    const listed = await client.listTools();

    expect(listed).toHaveLength(CONTROL_TOOLS.length);
    expect(tokens(listed)).toBeLessThan(2_500);
    expect(listed[0]?.description).toContain('There are 500 operations: list_operations finds');
  });

  test('each can be called by its name all the same', async () => {
    await using client = await connectMany();
    const { json } = await client.call('export_table_7', { month: '2026-11', format: 'csv' });

    expect(json).toMatchObject({ operation_type: 'export_table_7' });
  }, 20_000);

  test('they are found by words, ten at a time, and the schema of one on request', async () => {
    await using client = await connectMany();

    const { json, text } = await client.call('list_operations', { query: 'export table 123' });
    expect(json.operations).toHaveLength(10);
    expect(json.operations[0]).toEqual({
      operation_type: 'export_table_123',
      description: 'Exports table 123 of the warehouse into a file.',
      parameters: '{ month: string, format: "csv" | "json" }',
    });
    expect(json).toMatchObject({ left: 490 });
    expect(countTokens(text)).toBeLessThan(800);

    const one = await client.call('list_operations', { operation_type: 'export_table_123' });
    expect(one.json.operations).toMatchObject([{ input_schema: {}, limits: {} }]);
  });

  test('a tag narrows them, and what is few is shown with its schemas', async () => {
    await using client = await connectMany();

    const { json } = await client.call('list_operations', { tag: 'finance' });

    expect(json.operations).toHaveLength(5);
    expect(json.operations[0]).toMatchObject({ tags: ['finance'], input_schema: {} });
  });

  test('reading on shows each once', async () => {
    await using client = await connectMany();
    const names = new Set<string>();
    for (let offset = 0; offset < 500; offset += 10) {
      const { json } = await client.call('list_operations', { offset });
      for (const one of json.operations as { operation_type: string }[])
        names.add(one.operation_type);
    }

    expect(names.size).toBe(500);
  });
});

test('where the pair is missing, all tools are listed: there is no other way to them', async () => {
  const registry = createRegistry(operations.slice(0, 60));
  const face = createFace({ tools: { ...tools, pair: false }, registry });
  await using client = await connectClient('client 2.4 modern', face.target);

  expect(await client.listTools()).toHaveLength(60);
});
