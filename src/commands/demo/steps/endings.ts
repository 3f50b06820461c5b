// The ways in which a task does not complete, and a call that starts none.
import { isJsonObject, type Json } from '../../../contract/json.ts';
import type { Step } from '../step.ts';
import { untilProcessing } from './until-processing.ts';

/** Key of the task that fails. */
export const FAILING = 'refund-3';

/** Key of the task that is cancelled. */
export const UNWANTED = 'mistake-1';

export const failure: Step = {
  title: 'A failure is an answer, with a structured error',
  run: async ({ agent, teller, taskRefs, hold }) => {
    const task = await agent.initiate({
      operation_type: 'sleep',
      parameters: { seconds: 1, fail_with: 'UPSTREAM_UNAVAILABLE' },
      idempotency_key: FAILING,
      wait_seconds: 20,
    });
    taskRefs.set(FAILING, task.task_ref);
    const { code, retryable, message } = task.error ?? {};
    hold(
      `${task.status}: ${String(code)}, retryable: ${String(retryable)}, "${String(message)}"`,
      task.status === 'failed' && code === 'UPSTREAM_UNAVAILABLE' && retryable === true,
      task,
    );
    teller.say(`next_step: ${task.next_step}`);
  },
};

export const cancelled: Step = {
  title: 'A cancel reaches the running attempt',
  run: async (scene) => {
    const { agent, taskRefs, hold } = scene;
    const { task_ref: taskRef } = await agent.initiate({
      operation_type: 'sleep',
      parameters: { seconds: 600 },
      idempotency_key: UNWANTED,
    });
    taskRefs.set(UNWANTED, taskRef);
    await untilProcessing(scene, UNWANTED);
    const { cancellation } = await agent.cancel({
      task_ref: taskRef,
      reason: 'not wanted after all',
    });
    const task = await agent.resolve(taskRef, 20);
    hold(
      `the cancel was ${cancellation}, and the task is ${task.status}: ${String(task.error?.code)}`,
      task.status === 'failed' && task.error?.code === 'CANCELLED',
      task,
    );
  },
};

const WRONG = { seconds: 'ten', fail_with: 'BAD_LUCK', colour: 'red' };

export const refusal: Step = {
  title: 'Parameters that do not fit: every path at once, and nothing is started',
  run: async ({ agent, teller, hold }) => {
    const error = await agent.refused('initiate_background_task', {
      operation_type: 'sleep',
      parameters: WRONG,
    });
    const issues = toIssues(error.details);
    for (const { path, message } of issues) teller.say(`${path}: ${shorten(message)}`);
    const paths = issues.map(({ path }) => path);
    hold(
      `refused with ${error.code}, and all ${Object.keys(WRONG).length} paths are named`,
      error.code === 'INVALID_PARAMETERS' &&
        Object.keys(WRONG).every((name) => paths.includes(`/${name}`)),
      error,
    );
  },
};

function toIssues(
  details: Json | undefined,
): { readonly path: string; readonly message: string }[] {
  const issues = isJsonObject(details) ? details['issues'] : undefined;
  const listed = Array.isArray(issues) ? (issues as readonly Json[]) : [];
  return listed.filter(isJsonObject).map(({ path, message }) => ({
    path: typeof path === 'string' ? path : '',
    message: typeof message === 'string' ? message : '',
  }));
}

function shorten(text: string): string {
  return text.length > 70 ? `${text.slice(0, 70)} ...` : text;
}
