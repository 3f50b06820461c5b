// kill -9 of everything in the middle of two tasks: neither is lost, and neither runs twice in silence.
import type { TaskAnswer } from '../../../mcp/pair/answer.ts';
import { refOf, type Scene, type Step } from '../step.ts';
import { FAILING, UNWANTED } from './endings.ts';
import { ORDER, ORDER_CALL } from './handle.ts';
import { startAndConnect } from './start.ts';
import { untilProcessing } from './until-processing.ts';

/** Key of the task whose attempt vanishes. */
const MIGRATION = 'migration-7';

/** Key of the job that goes on elsewhere. */
const TRAINING = 'training-2';

export const crash: Step = {
  title: 'kill -9 of gateway, worker and Temporal server, with two tasks in the middle',
  run: async (scene) => {
    const { agent, product, teller, taskRefs, hold } = scene;
    const migration = await agent.initiate({
      operation_type: 'sleep',
      parameters: { seconds: 8 },
      idempotency_key: MIGRATION,
    });
    taskRefs.set(MIGRATION, migration.task_ref);
    const training = await agent.initiate({
      operation_type: 'simulated_batch',
      parameters: { items: 140, seconds: 14 },
      idempotency_key: TRAINING,
    });
    taskRefs.set(TRAINING, training.task_ref);
    for (const key of [MIGRATION, TRAINING]) {
      const { progress } = await untilProcessing(scene, key);
      teller.say(`${key}: ${String(progress?.message)}`);
    }
    const killed = await product.kill();
    teller.say(
      `kill -9 ${killed.longhaul} (gateway and worker) ${killed.temporal} (Temporal server)`,
    );
    hold('nobody answers any more', await agent.isAlone(), 'an answer');
  },
};

export const afterTheCrash: Step = {
  title: 'The same command again, on the same data directory',
  run: async (scene) => {
    const { agent, teller, hold } = scene;
    await startAndConnect(scene);
    for (const key of [MIGRATION, TRAINING]) {
      const task = await agent.resolve(refOf(scene, key));
      hold(`the handle of ${key} still works: ${task.status}`, task.status !== 'failed', task);
    }
    teller.say(
      `Now a pause of about 10 s: the attempt of ${MIGRATION} vanished with its worker, and that is`,
    );
    teller.say(
      'certain only once its heartbeat has been silent for 10 s. sleep is declared idempotent, so',
    );
    teller.say(
      'it runs again. One that is not would end as OUTCOME_UNKNOWN instead of running twice.',
    );
    const training = await untilDone(scene, TRAINING);
    hold(
      `${TRAINING} ${training.status} on attempt ${String(training.attempt)}: the job was submitted once and went on`,
      training.status === 'completed' && training.attempt === 1,
      training,
    );
    const migration = await untilDone(scene, MIGRATION);
    hold(
      `${MIGRATION} ${migration.status} on attempt ${String(migration.attempt)}: it ran again, and says so`,
      migration.status === 'completed' && migration.attempt === 2,
      migration,
    );
  },
};

export const nothingIsLost: Step = {
  title: 'Everything from before the crash is still there',
  run: async (scene) => {
    const { agent, taskRefs, hold } = scene;
    const failed = await agent.resolve(refOf(scene, FAILING));
    const unwanted = await agent.resolve(refOf(scene, UNWANTED));
    hold(
      `${FAILING} failed with ${String(failed.error?.code)}, ${UNWANTED} with ${String(unwanted.error?.code)}`,
      failed.error?.code === 'UPSTREAM_UNAVAILABLE' && unwanted.error?.code === 'CANCELLED',
      [failed, unwanted],
    );
    const again = await agent.initiate(ORDER_CALL);
    hold(
      `a repeated key returns the stored outcome and runs nothing: ${again.status}, deduplicated: ${String(again.deduplicated)}`,
      again.deduplicated && again.status === 'completed' && again.task_ref === refOf(scene, ORDER),
      again,
    );
    const { tasks } = await agent.list({ limit: 100 });
    const known = new Set(taskRefs.values());
    hold(
      `the list has ${tasks.length} tasks: those that were initiated, each once`,
      tasks.length === known.size && tasks.every(({ task_ref: taskRef }) => known.has(taskRef)),
      tasks,
    );
  },
};

/** Longest wait, in calls of 25 s each. */
const WAITS = 3;

async function untilDone(scene: Scene, key: string): Promise<TaskAnswer> {
  let task = await scene.agent.resolve(refOf(scene, key), 25);
  for (let waits = 1; !task.done && waits < WAITS; waits += 1) {
    task = await scene.agent.resolve(task.task_ref, 25);
  }
  return task;
}
