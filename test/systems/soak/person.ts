// A person who agrees to whatever a task asks, by the pair, of every caller's tasks.
import { setTimeout as sleep } from 'node:timers/promises';
import type { McpCaller } from '../../support/clients/mcp-caller.ts';

/** Pause between two looks, in milliseconds. */
const LOOK_MS = 1_000;

/** Answers until `signal`. A call that fails is repeated with the next look; a question that was answered meanwhile is no matter. */
export async function answerQuestions(
  caller: Pick<McpCaller, 'call'>,
  signal: AbortSignal,
): Promise<void> {
  const responses = { confirm: { action: 'accept', content: { confirm: true } } };
  while (!signal.aborted) {
    const asking = { status: 'input_required', limit: 100 };
    const answer = await caller.call('list_background_tasks', asking).catch(() => null);
    const { tasks = [] } = (answer ?? {}) as { tasks?: readonly { task_ref: string }[] };
    await Promise.all(
      tasks.map(async ({ task_ref }) =>
        caller.call('provide_task_input', { task_ref, responses }).catch(() => null),
      ),
    );
    await sleep(LOOK_MS, undefined, { signal }).catch(() => undefined);
  }
}
