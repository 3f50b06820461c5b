// A call that is open while its token is taken away.
import { describe, expect, test } from '@jest/globals';
import { modernHeaders, send, toModern } from '../../support/gateways/http-gateway.ts';
import { startGuardedGateway } from './guarded-gateway.ts';

describe('a call that is open ends with its token', () => {
  test.each([
    [
      'a wait',
      (taskRef: string) => {
        const params = {
          name: 'resolve_task_status',
          arguments: { task_ref: taskRef, wait_seconds: 25 },
        };
        return {
          headers: { ...modernHeaders, 'mcp-name': params.name },
          body: toModern('tools/call', params),
        };
      },
    ],
    [
      'tasks/result of a legacy client',
      (taskId: string) => ({
        headers: { 'mcp-protocol-version': '2025-11-25' },
        body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tasks/result', params: { taskId } }),
      }),
    ],
    [
      'a plain wait of a legacy client',
      (taskRef: string) => ({
        headers: { 'mcp-protocol-version': '2025-11-25' },
        body: JSON.stringify({
          jsonrpc: '2.0',
          id: 1,
          method: 'tools/call',
          params: {
            name: 'resolve_task_status',
            arguments: { task_ref: taskRef, wait_seconds: 25 },
          },
        }),
      }),
    ],
  ])('%s', async (_, toRequest) => {
    await using running = await startGuardedGateway();
    const { task } = await running.tasks.start(
      { principal: 'writer' },
      { operation: 'batch', parameters: {} },
    );
    const { headers, body } = toRequest(task.taskRef);
    const authorization = running.headerOf('writer');
    const answered = send(running.url, { headers: { ...headers, authorization }, body });
    await running.tasks.whenWaiting();
    await running.guard.clear();
    const { status, headers: told, text } = await answered;
    expect(told['www-authenticate'] ?? `${status}`).toMatch(/^200$|error="invalid_token"/);
    expect(text).toMatch(/"error":\{"code":-32600,"message":"the token is not known"\}/);
    expect(text).not.toContain('"result"');
    while (running.tasks.waiting > 0) await new Promise((resolve) => setImmediate(resolve));
    running.tasks.set(task.taskRef, { status: 'completed', result: 1, attempt: 1 });
  });

  test('and goes on as long as the token holds', async () => {
    await using running = await startGuardedGateway();
    const { task } = await running.tasks.start(
      { principal: 'writer' },
      { operation: 'batch', parameters: {} },
    );
    const args = { task_ref: task.taskRef, wait_seconds: 3 };
    const answer = await running.call('writer', 'resolve_task_status', args);
    expect([answer.status, answer.text]).toEqual([200, expect.stringContaining('pending')]);
  });
});
