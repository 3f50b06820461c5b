// What an attempt does on a path: the steps from which the paths are put together.
import { setTimeout as sleep } from 'node:timers/promises';
import { Context } from '@temporalio/activity';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { toPutOffFailure } from '../../activities/attempt/guard.ts';
import type { ErrorCode } from '../../src/contract/errors.ts';
import type { INPUT_REQUIRED } from '../../src/contract/input.ts';
import type { Json } from '../../src/contract/json.ts';
import { STILL_HELD } from '../../src/contract/workflow/call.ts';
import type {
  ATTEMPT_LOST,
  JOB_RUNNING,
  PutOff,
  UNKNOWN_TO_WORKER,
} from '../../src/contract/workflow/task-input.ts';
import type { Target } from '../../src/contract/workflow/target.ts';
import type { Activities } from '../support/temporal/tasks-without-gateway.ts';

/** What one attempt does, told its number. */
export type Step = (attempt: number) => Promise<Json>;

export const done: Step = async () => 'done';
export const fail =
  (
    type:
      | ErrorCode
      | typeof ATTEMPT_LOST
      | typeof INPUT_REQUIRED
      | typeof JOB_RUNNING
      | typeof STILL_HELD
      | typeof UNKNOWN_TO_WORKER,
    more = {},
  ): Step =>
  async () =>
    Promise.reject(
      ApplicationFailure.create({ type, message: 'as recorded', details: [{}], ...more }),
    );
export const putOff =
  (more: Partial<PutOff> = {}): Step =>
  async () =>
    Promise.reject(toPutOffFailure('as recorded', { code: 'CIRCUIT_OPEN', ...more }));
/** One step after the other, the last of them again and again. */
export const inTurn = (...steps: [Step, ...Step[]]): Step => {
  let calls = 0;
  return async (attempt) => steps[Math.min(calls++, steps.length - 1)]!(attempt);
};
/** Does nothing until it is told to stop; beats, or is never told. */
export const hang: Step = async () => {
  const { cancellationSignal: signal } = Context.current();
  const heart = setInterval(() => {
    Context.current().heartbeat();
  }, 100);
  await sleep(60_000, null, { signal }).catch(() => undefined);
  clearInterval(heart);
  throw new CancelledFailure('the attempt was cancelled');
};
export const silence: Step = async () => sleep(1_500, 'nobody hears this');

export const run = (step: Step): Activities => ({ refund: async ({ attempt }) => step(attempt) });
export const job = (steps: { submit?: Step; poll?: Step; cancel?: Step }): Activities => ({
  'refund.submit': async ({ attempt }) => (steps.submit ?? done)(attempt),
  'refund.poll': async ({ attempt }) => (steps.poll ?? done)(attempt),
  'refund.cancel': async ({ attempt }) => (steps.cancel ?? (async () => true))(attempt),
});

/** A call of another server's tool, of which the server makes a task unless the path says otherwise. */
export const call = (steps: {
  attempt?: Step;
  poll?: Step;
  hold?: Step;
  watch?: Step;
}): Activities => {
  const followed: Step = async () => ({ followed: { handle: 'task-1', firstLookMs: 100 } });
  return {
    ...job(steps),
    ...run(steps.attempt ?? followed),
    'refund.hold': async ({ attempt }) => (steps.hold ?? fail(STILL_HELD))(attempt),
    'refund.watch': async ({ attempt }) => (steps.watch ?? fail(STILL_HELD))(attempt),
  };
};

/** The workflow that a path follows. */
const target: Target = {
  ...{ type: 'ProcessOrder', taskQueue: 'orders', workflowId: 'order-7' },
  runId: '11111111-1111-4111-8111-111111111111',
};
const requested: Step = async () => ({
  how: 'requested',
  said: 'the workflow order-7 was asked to cancel',
});
export const left: Step = async () => ({ how: 'left', said: 'the workflow order-7 goes on' });
export const followed = (steps: { follow?: Step; stop?: Step } = {}): Activities => ({
  'refund.start': async () => ({ ...target }),
  'refund.follow': async ({ attempt }) => (steps.follow ?? done)(attempt),
  'refund.stop': async ({ attempt }) => (steps.stop ?? requested)(attempt),
});
