// Two ways to an outcome: asking again when the answer says so, and one call that waits.
import { performance } from 'node:perf_hooks';
import { refOf, type Step } from '../step.ts';
import { ORDER } from './handle.ts';

const BATCH = 'batch-9';
const ITEMS = 200;

export const polling: Step = {
  title: 'A batch job: the agent asks when poll_after_ms says so',
  run: async ({ agent, teller, taskRefs, hold, pause }) => {
    const { task_ref: taskRef } = await agent.initiate({
      operation_type: 'simulated_batch',
      parameters: { items: ITEMS, seconds: 6 },
      idempotency_key: BATCH,
    });
    taskRefs.set(BATCH, taskRef);
    let sawProgress = false;
    let task = await agent.resolve(taskRef);
    while (!task.done) {
      const { status, progress, poll_after_ms: pollAfterMs } = task;
      sawProgress ||= progress?.fraction != null;
      const said = progress?.message == null ? '' : `, ${progress.message}`;
      teller.say(`${status}${said}; poll_after_ms: ${pollAfterMs ?? 0}`);
      await pause(pollAfterMs ?? 0);
      task = await agent.resolve(taskRef);
    }
    hold('progress was reported on the way', sawProgress, task);
    hold(
      `${task.status}: ${JSON.stringify(task.result)}`,
      task.status === 'completed' && (task.result as { processed?: number }).processed === ITEMS,
      task,
    );
  },
};

export const waiting: Step = {
  title: 'Or one call waits: resolve_task_status with wait_seconds',
  run: async (scene) => {
    const startedAt = performance.now();
    const task = await scene.agent.resolve(refOf(scene, ORDER), 25);
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    scene.hold(
      `${ORDER} ${task.status}, answered ${seconds} s later: ${JSON.stringify(task.result)}`,
      task.status === 'completed' && task.attempt === 1,
      task,
    );
  },
};
