import { describe, expect, test } from '@jest/globals';
import { parseJson } from '../../src/contract/json/exact-number.ts';
import type { Json, JsonObject } from '../../src/contract/json.ts';
import { forgive, toHandle } from '../../src/mcp/forgive.ts';
import { toAnsweredTasks } from '../../src/mcp/http/required-scopes.ts';
import { connectClient } from '../support/clients/mcp-clients.ts';
import { createFace } from '../support/gateways/face.ts';

const schema: JsonObject = {
  type: 'object',
  properties: {
    seconds: { type: 'number' },
    count: { type: 'integer' },
    wanted: { type: 'boolean' },
    text: { type: 'string' },
    either: { anyOf: [{ type: 'number' }, { type: 'string' }] },
    free: {},
    options: { type: 'object', properties: { depth: { type: 'integer' } } },
    list: { type: 'array', items: { $ref: '#/$defs/size' } },
    color: { type: 'string', enum: ['red', 'blue'] },
    key: { type: 'string', pattern: '^[a-z]+$' },
    maybe: { type: 'string', pattern: '^[a-z]*$' },
    title: { type: 'string', minLength: 1 },
    other: { type: 'string', pattern: '(?U)a+' },
  },
  required: ['color'],
  $defs: { size: { type: 'integer' } },
};

describe('what can mean only one thing is taken for it', () => {
  test.each<[string, JsonObject, JsonObject]>([
    ['a number in a string', { seconds: '2.5', count: '-3' }, { seconds: 2.5, count: -3 }],
    ['true in a string', { wanted: 'true' }, { wanted: true }],
    ['an object in a string', { options: '{"depth": "2"}' }, { options: { depth: 2 } }],
    ['a list in a string', { list: '[1, "2"]' }, { list: [1, 2] }],
    ['an empty string for a number', { seconds: '' }, {}],
    ['an empty string where none is admitted', { key: '', title: '' }, {}],
  ])('%s', (_, given, meant) => {
    expect(forgive(given, schema)).toEqual(meant);
  });

  test('with every digit', () => {
    const forgiven = forgive({ count: '90071992547409931' }, schema);

    expect(JSON.stringify(forgiven)).toBe('{"count":90071992547409931}');
    expect(forgiven).toEqual(parseJson('{"count":90071992547409931}'));
  });

  test('the whole, too', () => {
    expect(forgive('{"seconds":"1"}', schema)).toEqual({ seconds: 1 });
  });
});

describe('what could mean something else stays as it is', () => {
  test.each<[string, Json]>([
    ['a string where a string is admitted', { text: '5', either: '5', free: '5' }],
    ['an empty string where one is admitted', { text: '', maybe: '', free: '', other: '' }],
    ['an empty string for what is required', { color: '' }],
    ['a number with a unit', { seconds: '5 s', count: '0x10' }],
    ['null, true and lists in a string for a number', { seconds: 'null', count: 'true' }],
    ['a list for an object', { options: '[1]' }],
    ['no JSON', { options: "{'depth': 2}" }],
    ['a number for a string', { text: 5 }],
    ['a field that the schema does not know', { unknown: '5' }],
  ])('%s', (_, given) => {
    expect(forgive(given, schema)).toEqual(given);
  });
});

test.each([
  ['`report.AAAAAAAAAAAAAAAAAAAAAA`', 'report.AAAAAAAAAAAAAAAAAAAAAA'],
  ['"report.AAAAAAAAAAAAAAAAAAAAAA".', 'report.AAAAAAAAAAAAAAAAAAAAAA'],
  [" 'report.AAAAAAAAAAAAAAAAAAAAA_' \n", 'report.AAAAAAAAAAAAAAAAAAAAA_'],
  ['(<report.AAAAAAAAAAAAAAAAAAAAA->),', 'report.AAAAAAAAAAAAAAAAAAAAA-'],
  ['.~report.AAAAAAAAAAAAAAAAAAAAAA', '.~report.AAAAAAAAAAAAAAAAAAAAAA'],
  ['', ''],
])('the handle in %j is %s', (text, handle) => {
  expect(toHandle(text)).toBe(handle);
});

test('what can mean only one thing is taken: the same task, however a model writes the call', async () => {
  const { target, tasks } = createFace();
  await using client = await connectClient('client 2.4 modern', target);
  const calls = [
    { operation_type: 'sleep', parameters: { seconds: 1 }, idempotency_key: 'k' },
    { operation_type: 'sleep', parameters: '{"seconds": "1"}', idempotency_key: 'k' },
    {
      operation_type: 'sleep',
      parameters: { seconds: '1' },
      idempotency_key: 'k',
      wait_seconds: '0',
    },
  ];
  for (const args of calls) await client.call('initiate_background_task', args);
  const typed = await client.call('sleep', { seconds: '1', fail_with: '', idempotency_key: 'k' });
  const { task_ref } = typed.json;
  expect(tasks.started).toBe(1);

  for (const written of [`\`${task_ref}\`.`, ` "${task_ref}" `]) {
    const { json } = await client.call('resolve_task_status', {
      task_ref: written,
      wait_seconds: '',
    });
    expect(json).toMatchObject({ task_ref });
  }
  const listed = await client.call('list_background_tasks', {
    cursor: '',
    operation_type: '',
    limit: '5',
  });
  expect(listed.json.tasks).toHaveLength(1);
});

test('the task whose operation decides the scopes of an answer is the one that the tool answers', () => {
  const params = {
    name: 'provide_task_input',
    arguments: { task_ref: '`k.AAAAAAAAAAAAAAAAAAAAAA`' },
  };

  expect(toAnsweredTasks({ method: 'tools/call', params })).toEqual(['k.AAAAAAAAAAAAAAAAAAAAAA']);
});
