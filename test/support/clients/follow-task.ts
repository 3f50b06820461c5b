// Follows a task to its end, for tests that are about something else: however slow the machine is, and also while the gateway says
// that Temporal is out of reach for the moment.
import { setTimeout as sleep } from 'node:timers/promises';
import type { TestClient } from './mcp-clients.ts';

type Answer = Awaited<ReturnType<TestClient['call']>>;

/** Calls a tool, again for as long as the answer is `BACKEND_UNAVAILABLE`. */
export async function callUntilReachable(
  client: TestClient,
  tool: string,
  args: Record<string, unknown>,
): Promise<Answer> {
  for (;;) {
    const answer = await client.call(tool, args);
    if (!answer.isError || answer.json.error.code !== 'BACKEND_UNAVAILABLE') return answer;
    await sleep(200);
  }
}

/** Waits for a task as often as it takes; resolves to the answer that has its end. */
export async function awaitEnd(client: TestClient, taskRef: string): Promise<Answer> {
  for (;;) {
    const args = { task_ref: taskRef, wait_seconds: 25 };
    const answer = await callUntilReachable(client, 'resolve_task_status', args);
    if (answer.isError || ['completed', 'failed'].includes(answer.json.status)) return answer;
  }
}

/** Waits until an attempt of a task runs, or the task has ended. */
export async function awaitAttempt(client: TestClient, taskRef: string): Promise<Answer> {
  for (;;) {
    const answer = await callUntilReachable(client, 'resolve_task_status', { task_ref: taskRef });
    if (answer.isError || answer.json.status !== 'pending') return answer;
    await sleep(1_000); // a client that polls faster is slowed down
  }
}
