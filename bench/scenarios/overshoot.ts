// How long after its end an agent learns of a task of ten seconds, and with how many calls: by coming back when
// poll_after_ms says, and by one call that waits.
import { setTimeout as sleep } from 'node:timers/promises';
import { openMcpCaller, type McpCaller } from '../../test/support/clients/mcp-caller.ts';
import { round } from '../sample.ts';
import type { Setting } from '../setting.ts';

/** What one way of asking costs. */
interface Asking {
  /** From the end of the ten seconds to the answer, in milliseconds; the worst of several tasks. */
  readonly overshootMs: number;
  /** Calls of `resolve_task_status`. */
  readonly calls: number;
}

/** Overshoot of both ways. */
export interface Overshoot {
  readonly polling: Asking;
  readonly waiting: Asking;
}

const TASK_SECONDS = 10;

/** Measures the overshoot of several tasks, one after another by half a second. */
export async function measureOvershoot({ start, quick }: Setting): Promise<Overshoot> {
  await using gateway = await start('dev');
  await using caller = openMcpCaller(gateway.mcpUrl, 20);
  // The first task of a process pays for code that is loaded when it is first used.
  await caller.call('initiate_background_task', {
    operation_type: 'sleep',
    parameters: { seconds: 0 },
    wait_seconds: 25,
  });
  const tasks = Array.from({ length: quick ? 2 : 6 }, (_, index) => index);
  const ask = async (way: typeof poll) =>
    worst(
      await Promise.all(
        tasks.map(async (index) => {
          await sleep(index * 500);
          return askFor(caller, way);
        }),
      ),
    );
  const [polling, waiting] = await Promise.all([ask(poll), ask(wait)]);
  await gateway.stop();
  return { polling, waiting };
}

async function askFor(caller: McpCaller, way: typeof poll): Promise<Asking> {
  const startedAt = performance.now();
  const started = await caller.call('initiate_background_task', {
    operation_type: 'sleep',
    parameters: { seconds: TASK_SECONDS },
  });
  const calls = await way(caller, started.task_ref, started.poll_after_ms);
  return { overshootMs: round(performance.now() - startedAt - TASK_SECONDS * 1000), calls };
}

async function poll(caller: McpCaller, taskRef: string, first: number | null): Promise<number> {
  let pauseMs = first;
  for (let calls = 0; ; calls += 1) {
    if (pauseMs === null) return calls;
    await sleep(pauseMs);
    pauseMs = (await caller.call('resolve_task_status', { task_ref: taskRef })).poll_after_ms;
  }
}

async function wait(caller: McpCaller, taskRef: string): Promise<number> {
  for (let calls = 1; ; calls += 1) {
    const args = { task_ref: taskRef, wait_seconds: 25 };
    if ((await caller.call('resolve_task_status', args)).done) return calls;
  }
}

function worst(askings: readonly Asking[]): Asking {
  return {
    overshootMs: Math.max(...askings.map(({ overshootMs }) => overshootMs)),
    calls: Math.max(...askings.map(({ calls }) => calls)),
  };
}
