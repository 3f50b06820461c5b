// Callbacks about a declared job: which are taken, and what they say. Invariant: only a verified callback that says so, or a poll,
// ends a job.
import { OperationError } from '../../../contract/errors.ts';
import type { Json } from '../../../contract/json.ts';
import type { ReceivedCallback } from '../../../contract/workflow/received-callback.ts';
import type { DeclaredContext } from '../../context.ts';
import type { CallbackTaken, JobSteps } from '../../operation.ts';
import { UnreadPoll } from '../../poll-error.ts';
import { parseAnswer } from '../http/answer.ts';
import type { Exchanged } from '../http/exchange.ts';
import { createRedactor } from '../template/redact.ts';
import { EVERY, toVerify } from './check-callback.ts';
import type { CallbackDeclaration, Verify } from './callback-declaration.ts';
import type { Job } from './declared-job.ts';
import { toJobStatus } from './job-answer.ts';
import type { ParsedHttpJobDeclaration } from './job-declaration.ts';
import { findForgery, toVerifiedHeaders } from './verify.ts';

/** The ways to learn of the end of a job that a callback leads to. */
interface Ways {
  /** Polls the job once; absent where it cannot be polled. */
  readonly poll?: JobSteps['poll'];
  /** What `result` of the declaration brings; absent where the callback has the result. */
  readonly fetch?: (job: Job, context: DeclaredContext) => Promise<Json>;
  readonly parseResult: (result: Json) => Json;
}

/** How callbacks are taken; `undefined` where the declaration has none. */
export function createCallback(
  declared: ParsedHttpJobDeclaration,
  ways: Ways,
): JobSteps['callback'] {
  const { callback } = declared;
  if (callback === undefined) return undefined;
  const verify = toVerify(declared);
  return {
    headers: [...new Set(['content-type', ...toVerifiedHeaders(verify)])],
    take: async (job, received, context) => {
      const secrets = await readSecrets(verify, context);
      if (typeof secrets === 'string') return { passedOver: secrets };
      const passedOver = findForgery(verify, received, secrets);
      if (passedOver !== null) return { passedOver };
      try {
        if (verify.type === 'look') return await look(job, context, ways);
        return await read(callback, job, { received, secrets, context, ways });
      } catch (thrown) {
        if (!(thrown instanceof UnreadPoll)) throw thrown;
        if (thrown.again) throw new OperationError('UPSTREAM_UNAVAILABLE', thrown.message);
        return { passedOver: thrown.message };
      }
    },
  };
}

/** The secrets of a verification by reference; why a callback is passed over, where one cannot be read. */
async function readSecrets(
  verify: Verify,
  context: DeclaredContext,
): Promise<ReadonlyMap<string, string> | string> {
  if (!('secret' in verify)) return new Map();
  try {
    return new Map([[verify.secret, await context.secret(verify.secret)]]);
  } catch (thrown) {
    return (thrown as Error).message; // its secret is gone for a moment; the polls go on
  }
}

async function look(job: Job, context: DeclaredContext, { poll }: Ways): Promise<CallbackTaken> {
  const seen = await poll?.(job, context);
  if (seen?.done) return { result: seen.result };
  return { passedOver: `a poll does not find the job done: ${seen?.progress?.message ?? ''}` };
}

async function read(
  declared: CallbackDeclaration,
  job: Job,
  {
    received,
    secrets,
    context,
    ways,
  }: {
    readonly received: ReceivedCallback;
    readonly secrets: ReadonlyMap<string, string>;
    readonly context: DeclaredContext;
    readonly ways: Ways;
  },
): Promise<CallbackTaken> {
  const { done } = declared;
  const redactor = createRedactor(secrets);
  const pointers = {
    ...declared,
    done: done.length === 0 ? EVERY : done,
    result: ways.fetch ? null : declared.result,
    progressScale: 1,
  };
  const seen = readStatus(() => toJobStatus(toAnswer(received), pointers, redactor));
  if (seen instanceof OperationError) throw seen;
  if (!seen.done) return { passedOver: 'it says that the job still runs' };
  const result = ways.fetch ? await ways.fetch(job, context) : seen.result;
  return { result: ways.parseResult(result) };
}

/** A body that cannot be read says nothing about the job. */
function readStatus<Status>(read: () => Status): Status {
  try {
    return read();
  } catch (thrown) {
    throw thrown instanceof OperationError ? new UnreadPoll(thrown, false) : thrown;
  }
}

/** A callback as an answer, so that the same words are understood in both. */
function toAnswer({ body, headers }: ReceivedCallback): Exchanged {
  const where = 'the callback';
  const contentType = headers['content-type'];
  const unusable = (why: string) => new OperationError('UPSTREAM_REJECTED', `${where}: ${why}`);
  return {
    status: 200,
    headers,
    url: new URL('callback:received'),
    contentType: contentType ?? null,
    where,
    unusable,
    retryAfterMs: undefined,
    read: () =>
      contentType?.startsWith('application/x-www-form-urlencoded')
        ? Object.fromEntries(new URLSearchParams(body))
        : parseAnswer(Buffer.from(body), { contentType, encoding: undefined, refuse: unusable }),
  };
}
