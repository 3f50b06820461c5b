// Who may answer what a task asks: a right of its own, so that nobody has to be able to approve what he has asked for.
import { describe, expect, test } from '@jest/globals';
import { OperationError } from '../../../src/contract/errors.ts';
import { modernHeaders, send, toModern } from '../../support/gateways/http-gateway.ts';
import { startGuardedGateway } from './guarded-gateway.ts';

describe('an answer to a question of a task', () => {
  const requests = { ok: { message: 'Pay?', requestedSchema: { type: 'object', properties: {} } } };
  const answers = { ok: { action: 'accept', content: {} } };

  async function answer(who: string, operation: string, by: 'the pair' | 'the extension') {
    await using running = await startGuardedGateway();
    const parameters = operation === 'sleep' ? { seconds: 1 } : {};
    const started = await running.tasks.start({ principal: 'team' }, { operation, parameters });
    const { taskRef } = started.task;
    running.tasks.set(taskRef, { status: 'input_required', attempt: 1, requests });
    const told =
      by === 'the pair'
        ? await running.call(who, 'provide_task_input', { task_ref: taskRef, responses: answers })
        : await send(running.url, {
            headers: {
              ...modernHeaders,
              'mcp-method': 'tasks/update',
              'mcp-name': taskRef,
              authorization: running.headerOf(who),
            },
            body: toModern(
              'tasks/update',
              { taskId: taskRef, inputResponses: answers },
              { extensions: { 'io.modelcontextprotocol/tasks': {} } },
            ),
          });
    const { status, headers } = told;
    return { status, challenge: headers['www-authenticate'], taken: running.tasks.provided.length };
  }

  describe.each(['the pair', 'the extension'] as const)('by %s', (by) => {
    test.each([
      ['team/agent', 'sleep', 'sleeps:write'],
      ['team/agent', 'batch', 'approvals:give'],
      ['team/person', 'batch', 'approvals:give'],
      ['team/sleeper', 'batch', 'approvals:give'],
    ])('%s who started it, or not, cannot answer %s without %s', async (who, operation, scope) => {
      const { status, challenge, taken } = await answer(who, operation, by);
      expect([status, taken]).toEqual([403, 0]);
      expect(challenge).toMatch(new RegExp(`insufficient_scope.*scope="[^"]*${scope}`));
    });

    test.each([
      ['team/approver', 'batch'],
      ['team/sleeper', 'sleep'],
    ])('%s answers %s', async (who, operation) => {
      expect(await answer(who, operation, by)).toMatchObject({ status: 200, taken: 1 });
    });
  });

  test('of another principal is answered as one to a task that never was', async () => {
    await using running = await startGuardedGateway();
    const { task } = await running.tasks.start(
      { principal: 'team' },
      { operation: 'batch', parameters: {} },
    );
    const tell = async (ref: string) => {
      const args = { task_ref: ref, responses: answers };
      const { status, text } = await running.call('writer', 'provide_task_input', args);
      return { status, text: text.replaceAll(ref, 'ref') };
    };
    const foreign = await tell(task.taskRef);
    expect(foreign.text).toContain('TASK_NOT_FOUND');
    expect(foreign).toEqual(await tell(`${task.taskRef.slice(0, -1)}A`));
  });

  test('is put off while nobody can say whose task it is', async () => {
    await using running = await startGuardedGateway();
    running.tasks.failWith(new OperationError('BACKEND_UNAVAILABLE', 'gone'));
    const args = { task_ref: 'k0.AaH8BmGJcfiFdqcL-Jp5lA', responses: answers };
    const { status, headers } = await running.call('team/agent', 'provide_task_input', args);
    expect([status, headers['retry-after']]).toEqual([503, '5']);
  });
});
