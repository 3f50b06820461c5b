// The activities of a call of another server's tool. Invariant: what only this worker holds, an open question or a task in a process
// of its own, goes to the workflow with the queue of this worker.
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { toStepType } from '../../src/contract/workflow/activity-id.ts';
import { OperationError } from '../../src/contract/errors.ts';
import type { CallEnd, Held } from '../../src/contract/workflow/call.ts';
import { INPUT_REQUIRED } from '../../src/contract/input.ts';
import type { Json } from '../../src/contract/json.ts';
import type { AttemptInput } from '../../src/contract/workflow/task-input.ts';
import type { CallSteps, Operation } from '../../src/operations/operation.ts';
import { runAttempt, type AttemptOptions } from '../attempt/attempt.ts';
import { offloadResult } from '../attempt/files.ts';
import { createPollActivities } from '../job/job.ts';
import { toStillHeld, watchTask } from './watch.ts';

type Activity = (input: AttemptInput) => Promise<Json>;

const MADE_TASK = [
  'OUTCOME_UNKNOWN',
  'the server has made a task of the call, which goes on there; the activity lane cannot follow it: give the tool lane: workflow',
] as const;

export function createCallActivities(
  { name, idempotent }: Pick<Operation, 'name' | 'idempotent'>,
  steps: CallSteps,
  options: AttemptOptions,
): readonly (readonly [string, Activity])[] {
  const { holder } = options;
  const held: Held = holder === undefined ? {} : { holder };
  const call: Activity = async (input) =>
    runAttempt(input, options, async (context, parameters): Promise<CallEnd & Json> => {
      const { inWorkflow } = Context.current().info;
      const answer = await steps.call(parameters, context).catch(async (thrown: unknown) => {
        // Nobody can answer what waits in this lane.
        if (!inWorkflow && steps.isHeld(context.idempotencyKey)) {
          await steps.cancel?.({ parameters, handle: null }, context);
        }
        throw thrown;
      });
      if ('followed' in answer) {
        if (!inWorkflow) throw new OperationError(...MADE_TASK);
        return { followed: { ...answer.followed, ...(answer.staysHere && held) } };
      }
      const offload = { ...options, repeatable: idempotent, log: context.log };
      return { result: await offloadResult(answer.result, input, offload) };
    });
  const withHolder =
    (run: Activity): Activity =>
    async (input) =>
      run(input).catch((failure: unknown) => {
        const asks = failure instanceof ApplicationFailure && failure.type === INPUT_REQUIRED;
        if (!asks || !steps.isHeld(input.idempotencyKey)) throw failure;
        const { message, type, details } = failure;
        throw ApplicationFailure.nonRetryable(message, type, details?.[0], held);
      });
  const hold: Activity = async ({ idempotencyKey }) => {
    if (!steps.isHeld(idempotencyKey)) return Promise.resolve(null);
    throw toStillHeld();
  };
  const watch: Activity = async (input) =>
    watchTask(input, options, async (context) => {
      const { parameters, handle = null } = input;
      return steps.waitsFor(parameters as string[], { parameters: null, handle }, context);
    });
  return [
    [name, withHolder(call)],
    ...createPollActivities(name, steps, options).map(
      ([type, run]) => [type, withHolder(run)] as const,
    ),
    [toStepType(name, 'hold'), hold],
    [toStepType(name, 'watch'), watch],
  ];
}
