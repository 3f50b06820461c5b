import { expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { startGateway } from '../../support/gateways/http-gateway.ts';

const LOCAL = { principal: 'local' };

test('a caller that goes away ends its tasks/result, and not the task', async () => {
  await using running = await startGateway();
  const { tasks, url } = running;
  const parameters = { seconds: 1 };
  const { task } = await tasks.start(LOCAL, { operation: 'sleep', parameters });
  const leaving = new AbortController();
  const answering = fetch(url, {
    method: 'POST',
    signal: leaving.signal,
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2025-11-25',
    },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'tasks/result',
      params: { taskId: task.taskRef },
    }),
  }).then((response) => response.text());
  await tasks.whenWaiting();
  leaving.abort();
  await expect(answering).rejects.toThrow();
  while (tasks.waiting > 0) await sleep(10);
  const calls = tasks.callers.length;
  await sleep(2500); // longer than one round of a wait
  expect(tasks.callers).toHaveLength(calls);
  expect((await tasks.read(LOCAL, task.taskRef)).state.status).toBe('pending');
  expect(running.errors).toEqual([]);
});
