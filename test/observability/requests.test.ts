import { expect, test } from '@jest/globals';
import type { Instruments } from '../../src/observability/instruments.ts';
import { createRefusalObserver, toRequestLabels } from '../../src/observability/requests.ts';

const CONTROL_TOOLS = new Set(['resolve_task_status']);

const call = (name: unknown) => ({ method: 'tools/call', params: { name } });

test.each<[string, unknown, string, string]>([
  ['a tool of the pair', call('resolve_task_status'), 'pair', 'resolve_task_status'],
  ['an operation', call('fetch_report'), 'typed', 'tools/call'],
  ['a tool that somebody made up', call('x'.repeat(99)), 'typed', 'tools/call'],
  ['a tool without a name', call(7), 'typed', 'tools/call'],
  ['a native task', { method: 'tasks/get', params: {} }, 'native', 'tasks/get'],
  ['a method of the protocol', { method: 'tools/list' }, 'protocol', 'tools/list'],
  ['a method that somebody made up', { method: 'evil/unique-4711' }, 'protocol', 'other'],
  ['an inherited name', { method: 'constructor' }, 'protocol', 'other'],
  ['a batch', [call('resolve_task_status')], 'protocol', 'other'],
  ['nothing', null, 'protocol', 'other'],
])('%s has labels from a closed set', (_, message, face, method) => {
  expect(toRequestLabels(message, CONTROL_TOOLS)).toEqual({ face, method });
});

test.each([
  ['a tool of the pair', 'resolve_task_status', 'resolve_task_status'],
  ['an operation', 'fetch_report', 'tools/call'],
  ['a native method', 'tasks/get', 'tasks/get'],
  ['files', '/files', '/files'],
  ['a message that was not read', '', 'other'],
  ['a tool that somebody made up', 'x'.repeat(99), 'other'],
])('a refusal of %s is counted under a name from a closed set', (_, what, method) => {
  const told: unknown[] = [];
  const instruments: Instruments = {
    add: (name, by, labels) => told.push([name, by, labels]),
    record: () => undefined,
    observe: () => undefined,
  };
  createRefusalObserver(CONTROL_TOOLS, ['fetch_report'], instruments)(what, 'INVALID_PARAMETERS');
  expect(told).toEqual([['refusals', 1, { method, code: 'INVALID_PARAMETERS' }]]);
});
