// The story, in order: sentences, and what shows that they are true. Later steps know the tasks of earlier ones by their keys.
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import type { CancelAnswer, TaskAnswer } from '../../tasks/answer.ts';
import type { Scene, Start } from './scene.ts';

export type Step = (scene: Scene) => Promise<void>;

/** Steps by their titles, in order. */
export type Story = Readonly<Record<string, Step>>;

/** Takes longer than the steps until the wait, so that there is something to wait for. */
const ORDER = toStart('order-4711', 'sleep', { seconds: 10 });
const BATCH = toStart('batch-9', 'simulated_batch', { items: 200, seconds: 6 });
const FAILING = toStart('refund-3', 'sleep', { seconds: 1, fail_with: 'UPSTREAM_UNAVAILABLE' });
const UNWANTED = toStart('mistake-1', 'sleep', { seconds: 600 });
/** Its attempt vanishes. */
const MIGRATION = toStart('migration-7', 'sleep', { seconds: 8 });
/** Its job goes on elsewhere. */
const TRAINING = toStart('training-2', 'simulated_batch', { items: 140, seconds: 14 });
const PAIR = ['initiate_background_task', 'resolve_task_status'];

/** Starts the product and connects the client. */
export const start: Step = async (scene) => {
  const ready = await scene.product.start();
  const tools = await scene.connect(new StreamableHTTPClientTransport(new URL(ready.mcp_url)));
  const hasPair = PAIR.every((name) => tools.includes(name));
  const claim = 'gateway, worker and a Temporal server are up, and a client is connected';
  scene.hold(`${claim}: ${tools.length} tools`, hasPair, tools);
  scene.say(`Temporal UI, while this runs: ${ready.temporal_ui_url}`);
};

export const STORY: Story = {
  'One command starts everything': start,
  'A slow operation: the handle comes at once': async (scene) => {
    const answer = await scene.initiate(ORDER);
    const isNew = answer.status === 'queued' && !answer.deduplicated;
    scene.hold(`queued, for work of 10 s: task_ref ${answer.task_ref}`, isNew, answer);
  },
  'The same call again, as after a lost answer': async (scene) => {
    const first = scene.taskRefs.get(ORDER.idempotency_key);
    const again = await scene.initiate(ORDER);
    const isSame = again.deduplicated && again.task_ref === first;
    scene.hold('deduplicated: true, and the same task_ref', isSame, again);
    await scene.refused({ ...ORDER, parameters: { seconds: 1 } }, 'IDEMPOTENCY_KEY_CONFLICT');
  },
  'A batch job: the agent asks when poll_after_ms says so': async (scene) => {
    await scene.initiate(BATCH);
    const task = await scene.until(BATCH, reportsProgress);
    scene.hold(`on the way: ${String(task.progress?.message)}`, !task.done, task);
    const { result } = await scene.ends(BATCH, 'completed on attempt 1', 'with a result');
    const { processed } = result as { readonly processed?: number };
    scene.hold(JSON.stringify(result), processed === 200, result);
  },
  'Or one call waits: resolve_task_status with wait_seconds': async (scene) => {
    const { result } = await scene.ends(ORDER, 'completed on attempt 1', 'told when it was done');
    scene.say(JSON.stringify(result));
  },
  'A failure is an answer, with a structured error': async (scene) => {
    const { error, next_step } = await scene.initiate({ ...FAILING, wait_seconds: 20 });
    const isRetryable = error?.code === 'UPSTREAM_UNAVAILABLE' && error.retryable;
    scene.hold(JSON.stringify(error), isRetryable, error);
    scene.say(`next_step: ${next_step}`);
  },
  'A cancel reaches the running attempt': async (scene) => {
    const { task_ref } = await scene.initiate(UNWANTED);
    await scene.until(UNWANTED, reportsProgress);
    const cancel = { task_ref, reason: 'not wanted after all' };
    const { cancellation } = await scene.ask<CancelAnswer>('cancel_background_task', cancel);
    await scene.ends(UNWANTED, 'CANCELLED', `the cancel was ${cancellation}`);
  },
  'Parameters that do not fit: every path at once, and nothing is started': async (scene) => {
    const parameters = { seconds: 'ten', fail_with: 'BAD_LUCK', colour: 'red' };
    const wrong = { operation_type: 'sleep', parameters };
    const { message } = await scene.refused(wrong, 'INVALID_PARAMETERS');
    const isNamed = Object.keys(parameters).every((name) => message.includes(`/${name}: `));
    scene.hold('each of the three is named', isNamed, message);
  },
  'kill -9 of gateway, worker and Temporal server, with two tasks in the middle': async (scene) => {
    for (const task of [MIGRATION, TRAINING]) await scene.initiate(task);
    for (const task of [MIGRATION, TRAINING]) {
      const { progress } = await scene.until(task, reportsProgress);
      scene.say(`${task.idempotency_key}: ${String(progress?.message)}`);
    }
    const { longhaul, temporal } = await scene.product.kill();
    scene.say(`kill -9 ${longhaul} (gateway and worker) ${temporal} (Temporal server)`);
    const answer = await scene.read(TRAINING).catch(() => null);
    scene.hold('no call is answered any more', answer === null, answer);
  },
  'The same command again, on the same data directory': async (scene) => {
    await start(scene);
    for (const task of [MIGRATION, TRAINING]) {
      const { status } = await scene.read(task);
      scene.hold(`${task.idempotency_key} is ${status}`, status !== 'failed', status);
    }
    scene.say(
      `Now a pause of about 12 s: the attempt of ${MIGRATION.idempotency_key} vanished with its worker, and that is\n` +
        '    certain only once its heartbeat has been silent for 12 s. sleep is declared idempotent, so\n' +
        '    it runs again. One that is not would end as OUTCOME_UNKNOWN instead of running twice.',
    );
    await scene.ends(TRAINING, 'completed on attempt 1', 'submitted once, it went on');
    await scene.ends(MIGRATION, 'completed on attempt 2', 'it ran again, and says so');
  },
  'Everything from before the crash is still there': async (scene) => {
    await scene.ends(FAILING, 'UPSTREAM_UNAVAILABLE', 'as before');
    await scene.ends(UNWANTED, 'CANCELLED', 'as before');
    const { status, deduplicated } = await scene.initiate(ORDER);
    const isStored = deduplicated && status === 'completed';
    scene.hold('a repeated key returns the stored outcome and runs nothing', isStored, status);
    const tasks = await scene.list({ limit: 100 });
    const listed = tasks.map(({ task_ref }) => task_ref).sort();
    const eachOnce = listed.join() === [...scene.taskRefs.values()].sort().join();
    scene.hold(`the list has ${tasks.length} tasks: those initiated, each once`, eachOnce, tasks);
  },
};

function toStart(key: string, operation: string, parameters: object): Start {
  return { operation_type: operation, parameters, idempotency_key: key };
}

function reportsProgress({ progress }: TaskAnswer): boolean {
  return Boolean(progress?.fraction);
}
