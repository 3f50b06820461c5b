import { describe, expect, test } from '@jest/globals';
import { CONTROL_TOOLS } from '../../../src/mcp/control/tools.ts';
import { toRequiredScopes } from '../../../src/mcp/http/required-scopes.ts';

const RULES = {
  operationScopes: { sleep: ['sleeps:write'], approval: ['approvals:ask'] },
  answerScopes: { approval: ['approvals:give'] },
};

describe('the scopes of a message', () => {
  const message = (method: string, params?: object) => ({ jsonrpc: '2.0', id: 1, method, params });
  const toolCall = (name: string, args?: object) =>
    message('tools/call', { name, arguments: args });
  const WRITE = ['tasks:write'];
  test.each<[string, unknown, readonly string[]]>([
    ['discovery', message('server/discover'), []],
    ['tools/list', message('tools/list'), []],
    ['list_operations', toolCall('list_operations'), []],
    ['reading', toolCall('resolve_task_status'), ['tasks:read']],
    ['tasks/get', message('tasks/get'), ['tasks:read']],
    ['tasks/result', message('tasks/result'), ['tasks:read']],
    ['tasks/cancel', message('tasks/cancel'), WRITE],
    ['tasks/update', message('tasks/update'), ['tasks:answer']],
    ['answers to a task', toolCall('provide_task_input'), ['tasks:answer']],
    [
      'an operation as a tool that brings answers along',
      message('tools/call', { name: 'sleep', inputResponses: {} }),
      ['tasks:write', 'sleeps:write', 'tasks:answer'],
    ],
    [
      'one whose answers stand in its state',
      message('tools/call', { name: 'approval', requestState: 'answers:e30' }),
      ['tasks:write', 'approvals:ask', 'tasks:answer', 'approvals:give'],
    ],
    ['an operation as a tool', toolCall('sleep'), ['tasks:write', 'sleeps:write']],
    ['an operation of nobody', toolCall('unknown'), WRITE],
    ['a tool with the name of an inherited property', toolCall('constructor'), WRITE],
    [
      'an operation with such a name',
      toolCall('initiate_background_task', { operation_type: '__proto__' }),
      WRITE,
    ],
    [
      'a batch of the operation',
      toolCall('batch', { operation: 'sleep', items: [] }),
      ['tasks:write', 'sleeps:write'],
    ],
    [
      'a batch by way of the pair',
      toolCall('initiate_background_task', {
        operation_type: 'batch',
        parameters: { operation: 'approval' },
      }),
      ['tasks:write', 'approvals:ask'],
    ],
    [
      'a batch whose parameters are a text',
      toolCall('initiate_background_task', {
        operation_type: 'batch',
        parameters: '{"operation":"sleep"}',
      }),
      ['tasks:write', 'sleeps:write'],
    ],
    [
      'a batch of nobody knows what',
      toolCall('batch', { operation: ['sleep'] }),
      ['tasks:write', 'sleeps:write', 'approvals:ask'],
    ],
    ['a call without parameters', message('tools/call'), WRITE],
    ['a method that nobody knows', message('tasks/steal'), WRITE],
    ['a method with the name of an inherited property', message('toString'), WRITE],
    ['a notification', { jsonrpc: '2.0', method: 'notifications/cancelled' }, []],
    ['a request in the name of a notification', message('notifications/x'), WRITE],
    [
      'several messages at once',
      [toolCall('sleep'), toolCall('resolve_task_status')],
      ['tasks:write', 'sleeps:write', 'tasks:read'],
    ],
    ['no message', 'text', []],
  ])('%s', (_, sent, scopes) => {
    expect(toRequiredScopes(sent, RULES)).toEqual(scopes);
  });

  test.each(CONTROL_TOOLS)('$name needs the scope of its definition', ({ name, scope }) => {
    expect(toRequiredScopes(toolCall(name), RULES)).toEqual(scope === null ? [] : [scope]);
  });
});
