import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { createRegistry } from '../../../src/operations/registry.ts';
import { defineWorkflow, type WorkflowDeclaration } from '../../support/operations/declared.ts';
import { toProposal } from '../../../src/commands/text/proposal.ts';

const options = { schemas: {}, showsSamples: false };
const order = {
  type: 'ProcessOrder',
  taskQueue: 'orders',
  count: 12,
  samples: [[{ id: 'secret-17', lines: [1, 2], note: null }], [{ id: 'secret-18', lines: [] }]],
};
const sleepy = { type: 'my sleep!', taskQueue: 'timers', count: 3, samples: [[500, 'x']] };

const read = (text: string) =>
  (parse(text) as { operations: Record<string, WorkflowDeclaration> }).operations;

test('what is proposed loads, and says that its schema is a guess', () => {
  const text = toProposal([order, sleepy], options);
  const operations = read(text);
  expect(operations['process_order']?.input).toEqual({
    type: 'object',
    properties: {
      id: { type: 'string' },
      lines: { type: 'array', items: { type: 'integer' } },
      note: {},
    },
    required: ['id', 'lines'],
  });
  expect(operations['my_sleep']?.workflow.args).toEqual(['{argument_1}', '{argument_2}']);
  expect(text).toContain('# 12 executions on the task queue orders; the input schema is GUESSED');
  const defined = Object.entries(operations).map(([name, one]) => defineWorkflow(name, one));
  expect(createRegistry(defined).all).toHaveLength(2);
});

test('no argument is printed unless it is asked for', () => {
  expect(toProposal([order], options)).not.toContain('secret');
  expect(toProposal([order], { ...options, showsSamples: true })).toContain('secret-17');
});

test('a schema that is given is taken, and two types of one name are two operations', () => {
  const input = { type: 'object', properties: { id: { type: 'string' } } };
  const again = { ...order, taskQueue: 'others' };
  const operations = read(
    toProposal([order, again], { ...options, schemas: { ProcessOrder: input } }),
  );
  expect(Object.keys(operations)).toEqual(['process_order', 'process_order_2']);
  expect(operations['process_order']?.input).toEqual(input);
});

test.each([
  [
    'names the arguments that were seen',
    { type: 'object', properties: { ms: {}, text: {} } },
    ['{ms}', '{text}'],
  ],
  ['of no object is that of one argument', { type: 'string' }, ['{argument_1}']],
  [
    'for each argument is a parameter for each',
    [{ type: 'integer' }, { type: 'string' }],
    ['{argument_1}', '{argument_2}'],
  ],
])('a schema that %s', (_, schema, args) => {
  const text = toProposal([sleepy], { ...options, schemas: { 'my sleep!': schema } });
  const declaration = read(text)['my_sleep']!;
  expect(declaration.workflow.args).toEqual(args);
  expect(defineWorkflow('my_sleep', declaration).steps.kind).toBe('workflow');
});

test('a schema of a type that never ran is named', () => {
  const text = toProposal([order], { ...options, schemas: { Other: { type: 'object' } } });
  expect(text).toContain('# No execution of Other was found');
  expect(Object.keys(read(text))).toEqual(['process_order']);
});
