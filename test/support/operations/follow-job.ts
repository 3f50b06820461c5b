// Polls a job as the engine does, with what the last answer said of the handle.
import type { Json } from '../../../src/contract/json.ts';
import type { DeclaredContext } from '../../../src/operations/context.ts';
import type { JobSteps } from '../../../src/operations/operation.ts';

/** The result; fails where the job does. */
export async function followJob(
  steps: JobSteps,
  job: { readonly parameters: Json; readonly handle: Json },
  context: DeclaredContext,
): Promise<Json> {
  let { handle } = job;
  for (let polls = 0; polls < 9; polls += 1) {
    const seen = await steps.poll({ ...job, handle }, context);
    if (seen.done) return seen.result;
    handle = seen.handle ?? handle;
  }
  throw new Error('it never ends');
}
