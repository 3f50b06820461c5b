// The three activities of a job. Each has a type of its own, named after the operation.
import { Context } from '@temporalio/activity';
import type { Json } from '../src/contract/json.ts';
import type { AttemptInput } from '../src/contract/task-input.ts';
import type { JobSteps } from '../src/operations/operation.ts';
import { runAttempt, type AttemptOptions } from './attempt.ts';
import { toLook, toLookFailure, toRunningFailure } from './poll.ts';
import { carryResult } from './files.ts';
import { checkResult } from './result.ts';
import { createSubmitSignal } from './stop.ts';

type Activity = (input: AttemptInput) => Promise<Json>;

/** The activities of a job, by activity type. */
export function createJobActivities(
  name: string,
  steps: JobSteps,
  options: AttemptOptions,
): readonly (readonly [string, Activity])[] {
  return [
    [`${name}.submit`, async (input) => submit(input, steps, options)],
    [`${name}.poll`, async (input) => poll(input, steps, options)],
    [`${name}.cancel`, async (input) => cancel(input, steps, options)],
  ];
}

async function submit(
  input: AttemptInput,
  steps: JobSteps,
  options: AttemptOptions,
): Promise<Json> {
  return runAttempt(
    input,
    options,
    async (context, parameters) =>
      checkResult(await steps.submit(parameters, context), options.maxResultBytes),
    createSubmitSignal,
  );
}

async function poll(input: AttemptInput, steps: JobSteps, options: AttemptOptions): Promise<Json> {
  const { info } = Context.current();
  const beganAt = performance.now();
  const look = () => toLook(info, performance.now() - beganAt, options.lastLookMs);
  const status = await runAttempt(input, options, async (context, parameters) => {
    const seen = await steps.poll(toJob(input, parameters), context);
    if (!seen.done) return seen;
    const carry = { ...options, repeatable: true, log: context.log };
    return { ...seen, result: await carryResult(seen.result, input, carry) };
  }).catch((failure: unknown) => {
    throw toLookFailure(failure, steps.polling, look()) as Error;
  });
  if (!status.done) throw toRunningFailure(status, steps.polling, look());
  return status.result;
}

/** Whether there is a way to cancel at all. */
async function cancel(
  input: AttemptInput,
  steps: JobSteps,
  options: AttemptOptions,
): Promise<boolean> {
  return runAttempt(input, options, async (context, parameters) => {
    await steps.cancel?.(toJob(input, parameters), context);
    return steps.cancel !== undefined;
  });
}

function toJob({ handle = null }: AttemptInput, parameters: Json): Parameters<JobSteps['poll']>[0] {
  return { parameters, handle };
}
