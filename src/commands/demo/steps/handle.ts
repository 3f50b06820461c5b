// A handle at once, and the same handle again.
import { refOf, type Step } from '../step.ts';

/** The key of the task that the first half of the story follows. */
export const ORDER = 'order-4711';

const SECONDS = 10;

/** Takes longer than the steps until `waiting`, so that there is something to wait for. */
export const ORDER_CALL = {
  operation_type: 'sleep',
  parameters: { seconds: SECONDS },
  idempotency_key: ORDER,
};

export const handle: Step = {
  title: 'A slow operation: the handle comes at once',
  run: async ({ agent, taskRefs, hold }) => {
    const answer = await agent.initiate(ORDER_CALL);
    taskRefs.set(ORDER, answer.task_ref);
    hold(
      `${answer.status} after ${Math.round(answer.ms)} ms, for work of ${SECONDS} s: task_ref ${answer.task_ref}`,
      answer.status === 'queued' && !answer.deduplicated && answer.ms < SECONDS * 1000,
      answer,
    );
  },
};

export const duplicate: Step = {
  title: 'The same call again, as after a lost answer',
  run: async (scene) => {
    const { agent, hold } = scene;
    const again = await agent.initiate(ORDER_CALL);
    hold(
      'deduplicated: true, and the same task_ref',
      again.deduplicated && again.task_ref === refOf(scene, ORDER),
      again,
    );
    const other = { ...ORDER_CALL, parameters: { seconds: 1 } };
    const error = await agent.refused('initiate_background_task', other);
    hold(
      `the same key for something else is refused: ${error.code}`,
      error.code === 'IDEMPOTENCY_KEY_CONFLICT',
      error,
    );
  },
};
