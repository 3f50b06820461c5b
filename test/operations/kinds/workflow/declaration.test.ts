// What can be known of a workflow before anything is started: each mistake is one sentence, and what is right is started as declared.
import { describe, expect, test } from '@jest/globals';
import { defineWorkflow, type WorkflowDeclaration } from '../../../support/operations/declared.ts';

const input = {
  type: 'object',
  properties: { order_id: { type: 'string' }, note: { type: 'string' } },
  required: ['order_id'],
};
const workflow = { type: 'ProcessOrder', taskQueue: 'orders' };
const ask = {
  signal: 'approve',
  message: 'Approve?',
  schema: { type: 'object', properties: { approved: { type: 'boolean' } } },
  when: { query: 'waits' },
};

function define(change: Partial<WorkflowDeclaration>) {
  const description = 'Processes an order.';
  return defineWorkflow('process', { kind: 'workflow', description, input, workflow, ...change });
}

const names = { task_ref: 'a.ref', idempotency_key: 'key', workflowId: 'local:k1' };

function plan(change: Partial<WorkflowDeclaration>, parameters: Record<string, string>) {
  const { steps } = define(change);
  if (steps.kind !== 'workflow') throw new Error('it is no workflow');
  return steps.plan(parameters, names);
}

describe('a declaration is refused', () => {
  test.each<[string, Partial<WorkflowDeclaration>, string]>([
    [
      'whose id is the same for every request that it joins',
      { workflow: { ...workflow, id: 'orders', onConflict: 'join' } },
      'workflow.id: every request would join the same workflow',
    ],
    [
      'whose id needs a field that may be absent',
      { workflow: { ...workflow, id: 'order-{note}' } },
      'workflow.id: {note} stands in the workflow id, so the input must require it',
    ],
    [
      'whose arguments name a field that is not there',
      { workflow: { ...workflow, args: ['{order}'] } },
      'workflow.args: {order}: the input has no field order',
    ],
    [
      'whose arguments name a secret',
      { workflow: { ...workflow, args: ['${env:TOKEN}'] } },
      'a secret has no place in it',
    ],
    [
      'with a question that is sent in two ways',
      { asks: { approval: { ...ask, update: 'approve' } } },
      'expected either signal or update',
    ],
    [
      'with a question that no client can show',
      { asks: { approval: { ...ask, schema: { type: 'object', properties: { a: {} } } } } },
      'asks: ',
    ],
    [
      'whose progress comes from two places',
      { progress: { query: 'progress', memo: 'done' } },
      'expected one of query, memo and searchAttribute',
    ],
  ])('%s', (_, change, message) => {
    expect(() => define(change)).toThrow(message);
  });
});

describe('a workflow is started', () => {
  test('with the parameters as its one argument, under an id of its task', () => {
    expect(plan({}, { order_id: '17' })).toEqual({
      type: 'ProcessOrder',
      taskQueue: 'orders',
      joins: false,
      workflowId: 'local:k1:process',
      args: [{ order_id: '17' }],
    });
  });

  test('as its templates say, in the place that is declared', () => {
    const declared = {
      ...workflow,
      id: 'order-{order_id}',
      args: ['{order_id}', { task: '{longhaul.task_ref}', note: '{note}' }, '{note}'],
      onConflict: 'join' as const,
      namespace: 'shop',
      profile: 'cloud',
    };
    expect(plan({ workflow: declared }, { order_id: '17' })).toEqual({
      type: 'ProcessOrder',
      taskQueue: 'orders',
      joins: true,
      namespace: 'shop',
      profile: 'cloud',
      workflowId: 'order-17',
      args: ['17', { task: 'a.ref' }, null],
    });
  });

  test('with a week in all unless its policy says otherwise', () => {
    expect(define({}).policy).toMatchObject({
      totalTimeoutSeconds: 604_800,
      queueTimeoutSeconds: 600,
    });
    expect(define({ policy: { totalTimeoutSeconds: 60 } }).policy).toMatchObject({
      totalTimeoutSeconds: 60,
      queueTimeoutSeconds: 60,
    });
  });

  test('not under an id that is too long', () => {
    const long = { workflow: { ...workflow, id: 'order-{order_id}' } };
    expect(() => define(long).accept({ order_id: 'x'.repeat(300) })).toThrow('has 306 bytes');
  });
});
