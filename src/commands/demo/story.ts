// The story, in order. Later steps know the tasks of earlier ones by their idempotency keys.
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import type { CancelAnswer, TaskAnswer } from '../../tasks/answer.ts';
import type { Scene, Start } from './scene.ts';

/** A sentence, and what shows that it is true. */
export type Step = readonly [title: string, run: (scene: Scene) => Promise<void>];

/** Takes longer than the steps until the wait, so that there is something to wait for. */
const ORDER = toStart('order-4711', 'sleep', { seconds: 10 });
const BATCH = toStart('batch-9', 'simulated_batch', { items: 200, seconds: 6 });
const FAILING = toStart('refund-3', 'sleep', { seconds: 1, fail_with: 'UPSTREAM_UNAVAILABLE' });
const UNWANTED = toStart('mistake-1', 'sleep', { seconds: 600 });
/** Its attempt vanishes. */
const MIGRATION = toStart('migration-7', 'sleep', { seconds: 8 });
/** Its job goes on elsewhere. */
const TRAINING = toStart('training-2', 'simulated_batch', { items: 140, seconds: 14 });
const KILL = 'kill -9 of gateway, worker and Temporal server, with two tasks in the middle';
const PAIR = ['initiate_background_task', 'resolve_task_status'];
const WRONG = { seconds: 'ten', fail_with: 'BAD_LUCK', colour: 'red' };

/** Starts the product and connects the client. */
export const start = step('One command starts everything', async (scene) => {
  const ready = await scene.product.start();
  const seconds = (scene.elapsedMs / 1000).toFixed(1);
  scene.say(`longhaul dev is ready after ${seconds} s: gateway, worker and a Temporal server`);
  scene.say(`Temporal UI, while this runs: ${ready.temporal_ui_url}`);
  const tools = await scene.connect(new StreamableHTTPClientTransport(new URL(ready.mcp_url)));
  const hasPair = PAIR.every((name) => tools.includes(name));
  const claim = `the client is connected and sees ${tools.length} tools, the pair among them`;
  scene.hold(claim, hasPair, tools);
});

/** Every step, in order. */
export const STORY: readonly Step[] = [
  start,
  step('A slow operation: the handle comes at once', async (scene) => {
    const answer = await scene.initiate(ORDER);
    const ms = scene.elapsedMs;
    const claim = `${answer.status} after ${ms} ms, for work of 10 s: task_ref ${answer.task_ref}`;
    scene.hold(claim, answer.status === 'queued' && !answer.deduplicated && ms < 10_000, answer);
  }),
  step('The same call again, as after a lost answer', async (scene) => {
    const first = scene.taskRefs.get(ORDER.idempotency_key);
    const again = await scene.initiate(ORDER);
    const same = again.deduplicated && again.task_ref === first;
    scene.hold('deduplicated: true, and the same task_ref', same, again);
    const error = await scene.refused({ ...ORDER, parameters: { seconds: 1 } });
    const claim = `the same key for something else is refused: ${error.code}`;
    scene.hold(claim, error.code === 'IDEMPOTENCY_KEY_CONFLICT', error);
  }),
  step('A batch job: the agent asks when poll_after_ms says so', async (scene) => {
    await scene.initiate(BATCH);
    let sawProgress = false;
    const task = await scene.until(BATCH, ({ done, status, progress, poll_after_ms: ms }) => {
      sawProgress ||= progress?.fraction != null;
      if (!done) scene.say(`${status}, ${progress?.message ?? ''}; poll_after_ms: ${ms ?? 0}`);
      return done;
    });
    scene.hold('progress was reported on the way', sawProgress, task);
    const { processed } = task.result as { readonly processed?: number };
    scene.hold(`${task.status}: ${JSON.stringify(task.result)}`, processed === 200, task);
  }),
  step('Or one call waits: resolve_task_status with wait_seconds', async (scene) => {
    const { result } = await scene.completes(ORDER, 1, 'the answer came when it was done');
    scene.say(`answered ${(scene.elapsedMs / 1000).toFixed(1)} s later: ${JSON.stringify(result)}`);
  }),
  step('A failure is an answer, with a structured error', async (scene) => {
    const task = await scene.initiate({ ...FAILING, wait_seconds: 20 });
    const claim = `${task.status}: ${JSON.stringify(task.error)}`;
    scene.hold(claim, task.error?.code === 'UPSTREAM_UNAVAILABLE' && task.error.retryable, task);
    scene.say(`next_step: ${task.next_step}`);
  }),
  step('A cancel reaches the running attempt', async (scene) => {
    const { task_ref } = await scene.initiate(UNWANTED);
    await scene.until(UNWANTED, reportsProgress);
    const cancel = { task_ref, reason: 'not wanted after all' };
    const { cancellation } = await scene.ask<CancelAnswer>('cancel_background_task', cancel);
    const task = await scene.read(UNWANTED, 20);
    const code = String(task.error?.code);
    const claim = `the cancel was ${cancellation}, and the task is ${task.status}: ${code}`;
    scene.hold(claim, code === 'CANCELLED', task);
  }),
  step('Parameters that do not fit: every path at once, and nothing is started', async (scene) => {
    const error = await scene.refused({ operation_type: 'sleep', parameters: WRONG });
    const details = JSON.stringify(error.details);
    const named = Object.keys(WRONG).filter((name) => details.includes(`"/${name}"`));
    scene.say(error.message);
    const claim = `refused with ${error.code}, which names ${named.join()}`;
    scene.hold(claim, named.length === 3, error);
  }),
  step(KILL, async (scene) => {
    for (const task of [MIGRATION, TRAINING]) await scene.initiate(task);
    for (const task of [MIGRATION, TRAINING]) {
      const { progress } = await scene.until(task, reportsProgress);
      scene.say(`${task.idempotency_key}: ${String(progress?.message)}`);
    }
    const { longhaul, temporal } = await scene.product.kill();
    scene.say(`kill -9 ${longhaul} (gateway and worker) ${temporal} (Temporal server)`);
    const answer = await scene.read(TRAINING).catch(() => null);
    scene.hold('no call is answered any more', answer === null, answer);
  }),
  step('The same command again, on the same data directory', async (scene) => {
    await start[1](scene);
    for (const task of [MIGRATION, TRAINING]) {
      const { status } = await scene.read(task);
      scene.hold(`${task.idempotency_key} is ${status}`, status !== 'failed', status);
    }
    scene.say(
      `Now a pause of about 12 s: the attempt of ${MIGRATION.idempotency_key} vanished with its worker, and that is\n` +
        '    certain only once its heartbeat has been silent for 12 s. sleep is declared idempotent, so\n' +
        '    it runs again. One that is not would end as OUTCOME_UNKNOWN instead of running twice.',
    );
    await scene.completes(TRAINING, 1, 'submitted once, it went on');
    await scene.completes(MIGRATION, 2, 'it ran again, and says so');
  }),
  step('Everything from before the crash is still there', async (scene) => {
    const ended = [await scene.read(FAILING), await scene.read(UNWANTED)];
    const codes = ended.map(({ error }) => error?.code);
    const claim = `the failed tasks still say ${codes.join(' and ')}`;
    scene.hold(claim, codes.join() === 'UPSTREAM_UNAVAILABLE,CANCELLED', codes);
    const { status, deduplicated } = await scene.initiate(ORDER);
    const stored = `a repeated key returns the stored outcome and runs nothing: ${status}`;
    scene.hold(stored, deduplicated && status === 'completed', status);
    const tasks = await scene.list({ limit: 100 });
    const listed = tasks.map(({ task_ref }) => task_ref).sort();
    const eachOnce = listed.join() === [...scene.taskRefs.values()].sort().join();
    scene.hold(`the list has ${tasks.length} tasks: those initiated, each once`, eachOnce, tasks);
  }),
];

export function step(...parts: Step): Step {
  return parts;
}

function toStart(key: string, operation: string, parameters: object): Start {
  return { operation_type: operation, parameters, idempotency_key: key };
}

function reportsProgress({ progress }: TaskAnswer): boolean {
  return Boolean(progress?.fraction);
}
