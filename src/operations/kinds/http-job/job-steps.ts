// What a declared job does: its requests, made, and their answers understood.
import { OperationError } from '../../../contract/errors.ts';
import type { Json, JsonObject } from '../../../contract/json.ts';
import type { DeclaredContext } from '../../context.ts';
import type { JobPolling, JobStatus, JobSteps } from '../../operation.ts';
import { toPollError, UnreadPoll } from '../../poll-error.ts';
import { resolvePolling } from '../../polling.ts';
import type { CommonParts } from '../common.ts';
import { createCallback } from './callback.ts';
import { fetchResult } from '../http/pages.ts';
import { checkRefused } from '../http/refusal.ts';
import type { DeclaredJob, Job } from './declared-job.ts';
import { takeHandle } from './handle.ts';
import { cancelJob, toJobStatus } from './job-answer.ts';
import { resultOf, submitJob } from './submit.ts';

export function createJobSteps(
  job: DeclaredJob,
  { parse, parseResult }: Pick<CommonParts, 'parse' | 'parseResult'>,
): JobSteps {
  const { declared, cancel, result } = job;
  const poll: JobSteps['poll'] = async (known, context) => {
    const atOnce = resultOf(known.handle);
    if (atOnce !== undefined) return { done: true, result: parseResult(atOnce) };
    const seen = await pollOnce(job, known, context).catch((thrown: unknown) => {
      throw toPollError(thrown);
    });
    if (seen instanceof OperationError) throw seen;
    if (!seen.done) return seen;
    const moved = { ...known, handle: seen.handle ?? known.handle };
    const found = result ? await fetchOnce(job, moved, context) : seen.result;
    return { done: true, result: parseResult(found) };
  };
  const callback = createCallback(declared, {
    ...(declared.poll && { poll }),
    ...(result && { fetch: async (known, context) => fetchOnce(job, known, context) }),
    parseResult,
  });
  return {
    kind: 'job',
    poll,
    ...(callback && { callback }),
    polling: declared.poll ? resolvePolling(declared.poll) : ONLY_CALLED_BACK,
    submit: async (parameters, context) => {
      const undo = async (handle: Json, during: DeclaredContext) =>
        cancelKnown(job, { parameters, handle }, during);
      const plan = { ...job.plan, cancel: cancel ? undo : null };
      return submitJob(plan, parse(parameters) as JsonObject, context);
    },
    ...(cancel && {
      cancel: async (known, context) => {
        const { handle = known.handle } = (await findMoved(job, known, context)) ?? {};
        await cancelKnown(job, { ...known, handle }, context);
      },
    }),
  };
}

/** A job that cannot be polled is looked at when its time is up; until then nothing but a callback can end it. */
const ONLY_CALLED_BACK: JobPolling = {
  initialIntervalMs: 86_400_000,
  backoffMultiplier: 1,
  maxIntervalMs: 86_400_000,
};

const WAITS: JobStatus = {
  done: false,
  progress: { fraction: null, message: 'waiting for the callback of the upstream' },
};

/** One poll: how the job stands, and where it moved. */
async function pollOnce(
  job: DeclaredJob,
  known: Job,
  context: DeclaredContext,
): Promise<JobStatus | OperationError> {
  const { poll: polled, result } = job.declared;
  if (!job.poll || !polled) return WAITS;
  return job.poll.perform(job.fieldsOf(known), context, (answer, redactor) => {
    const pointers = { ...polled, result: result ? null : polled.result };
    const seen = toJobStatus(answer, pointers, redactor);
    if (seen instanceof OperationError || polled.handle === undefined) return seen;
    const { use } = job.plan;
    const how = { use, redactor, known: known.handle, isWhole: false };
    const handle = takeHandle(answer, polled.handle, how);
    return { ...seen, ...(handle !== undefined && { handle }) };
  });
}

/** Where a job is now that moves between polls; `null` where it does not, or that cannot be seen. */
async function findMoved(job: DeclaredJob, known: Job, context: DeclaredContext) {
  if (job.declared.poll?.handle === undefined) return null;
  const seen = await pollOnce(job, known, context).catch(() => null);
  return seen instanceof OperationError ? null : seen;
}

async function fetchOnce(job: DeclaredJob, known: Job, context: DeclaredContext): Promise<Json> {
  const { result, declared } = job;
  if (!result || !declared.result) return null;
  const fields = job.fieldsOf(known);
  return fetchResult(
    result,
    declared.result,
    fields,
    context,
    (error) => new UnreadPoll(error, false),
  ).catch((thrown: unknown) => {
    throw toResultError(thrown);
  });
}

/** Cancels a job at its handle; one that the upstream ended meanwhile counts as cancelled. */
async function cancelKnown(job: DeclaredJob, known: Job, context: DeclaredContext): Promise<void> {
  const { cancel, declared } = job;
  if (cancel === undefined || resultOf(known.handle) !== undefined) return;
  await cancelJob(
    () =>
      cancel.perform(job.fieldsOf(known), context, (answer, redactor) => {
        checkRefused(answer, declared.cancel ?? { failed: [] }, redactor);
      }),
    async () => {
      const seen = await pollOnce(job, known, context).catch(() => null);
      if (seen === null || seen instanceof UnreadPoll) return false;
      return seen instanceof OperationError || seen.done;
    },
  );
}

/** A refusal of the result is what a done job says of its failure, unless a later look may see more. */
function toResultError(thrown: unknown): unknown {
  const failed = toPollError(thrown);
  if (!(failed instanceof UnreadPoll) || failed.again) return failed;
  const { code, message, details } = failed;
  return new OperationError(code, `the job is done, but not its result: ${message}`, { details });
}
