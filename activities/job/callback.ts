// A callback about a job: checked and understood by its operation. One that says nothing to go by ends nothing.
import type { Json } from '../../src/contract/json.ts';
import type { AttemptInput } from '../../src/contract/workflow/task-input.ts';
import type { JobSteps } from '../../src/operations/operation.ts';
import { runAttempt, type AttemptOptions } from '../attempt/attempt.ts';
import { offloadResult } from '../attempt/files.ts';

/** What the callback said, as `CallbackTaken`. */
export async function takeCallback(
  input: AttemptInput,
  { callback: steps }: JobSteps,
  options: AttemptOptions,
): Promise<Json> {
  return runAttempt(input, options, async (context, parameters) => {
    const { callback, handle = null } = input;
    if (!steps || !callback) return { passedOver: 'the operation takes no callbacks (any more)' };
    const taken = await steps.take({ parameters, handle }, callback, context);
    if (!('result' in taken)) return { ...taken };
    const offload = { ...options, repeatable: true, log: context.log };
    return { result: await offloadResult(taken.result, input, offload) };
  });
}
