// A task that an upstream has made of a call: polled, answered and cancelled. T1: a task that the server no longer knows says so,
// and nothing is run again. T2: a question of a task of 2025-11-25 is a request on a connection, which stays open until it is answered;
// one of the extension is part of the task, and outlives every connection.
import { OperationError } from '../../../contract/errors.ts';
import { INPUT_MS, InputRequired } from '../../../contract/input.ts';
import { isJsonObject, type Json, type JsonObject } from '../../../contract/json.ts';
import type { JobStatus } from '../../operation.ts';
import { UnreadPoll } from '../../poll-error.ts';
import { isSessionLost, isUnknownTask, toPlace, toReason, toRejected } from './failure.ts';
import type { Lease } from './pool.ts';
import { anyResult, checkResult } from './result.ts';
import { endCall } from './open-call.ts';
import { toOwnKey, toTaskQuestions } from './task-questions.ts';
import { awaitResult, isNew, type MadeByCall } from './task-result.ts';
import { readPollMs } from './task-support.ts';

/** Longest answer to a request about a task, in milliseconds. */
const REQUEST_MS = 30_000;
/**
 * How long a new task of the older generation is waited for, in milliseconds. A question that comes just as the wait is given up is lost
 * for its server, and servers like to ask after full seconds.
 */
const QUICK_MS = 2_500;
/** How long one that is to ask is waited for, in milliseconds. */
const QUESTION_MS = 5_000;
/** Pause after a poll of what waits for an answer, where the server did not answer that, in milliseconds: it may be started anew. */
const UNHEARD_MS = 30_000;
/** Pause after an answer was handed on, in milliseconds. */
const ANSWERED_MS = 500;

/** Asks for the task once. Rejects with `InputRequired` where it asks. */
export async function pollTask(task: MadeByCall): Promise<JobStatus> {
  const { context, pool, calls } = task;
  calls.waiting.delete(context.idempotencyKey);
  using lease = await pool.lease(context.principal, context.signal);
  try {
    // Its question was answered: the request that has asked takes the answer, and brings the result.
    if (calls.requests.has(context.idempotencyKey)) {
      return await awaitResult(task, QUICK_MS, () => ({ done: false }));
    }
    const seen = await request(lease, task, 'tasks/get');
    const status = await (lease.connection.isModern ? readModern : readLegacy)(seen, task, lease);
    if (!status.done) lease.keepFor(status.pollAfterMs ?? 0);
    return status;
  } catch (thrown) {
    if (isSessionLost(thrown, lease.connection.isModern)) lease.drop();
    throw toTaskError(thrown, task);
  }
}

/** Asks the server to stop the task; one that has ended is stopped. */
export async function cancelTask(task: MadeByCall): Promise<void> {
  const { context, pool, calls } = task;
  endCall(context.idempotencyKey, calls);
  using lease = await pool.lease(context.principal, context.signal);
  try {
    await request(lease, task, 'tasks/cancel');
  } catch (thrown) {
    if (!isUnknownTask(thrown)) throw toTaskError(thrown, task);
    await request(lease, task, 'tasks/get').catch((error: unknown) => {
      throw toTaskError(error, task);
    });
  }
}

/**
 * Whether the task waits for an answer to one of these questions still. Where it does not, a poll brings what it has come to. Rejects with
 * an `UnreadPoll` where the server does not say.
 */
export async function waitsForAnswer(
  questions: readonly string[],
  task: MadeByCall,
): Promise<boolean> {
  const { context, pool, calls, tool, taskId } = task;
  if (calls.requests.has(context.idempotencyKey)) return calls.waiting.has(context.idempotencyKey);
  try {
    using lease = await pool.lease(context.principal, context.signal);
    if (!lease.connection.isModern) return false; // what has asked was a request, and is gone
    const { status, inputRequests } = await request(lease, task, 'tasks/get').catch(
      (thrown: unknown) => {
        if (isSessionLost(thrown, lease.connection.isModern)) lease.drop();
        throw thrown;
      },
    );
    const open = Object.keys(toObject(inputRequests)).map(toOwnKey);
    return status === 'input_required' && open.some((key) => questions.includes(key));
  } catch (thrown) {
    if (isUnknownTask(thrown)) return false;
    const message = `${toPlace(tool)}: its task ${taskId} waits for an answer, and the server does not say what becomes of it (${toReason(thrown)})`;
    throw new UnreadPoll(
      new OperationError('OUTCOME_UNKNOWN', message, { retryAfterMs: UNHEARD_MS }),
    );
  }
}

async function request(
  { connection }: Lease,
  { taskId, context }: MadeByCall,
  method: string,
  more: JsonObject = {},
): Promise<JsonObject> {
  return connection.client.request({ method, params: { taskId, ...more } }, anyResult, {
    signal: context.signal,
    timeout: REQUEST_MS,
  });
}

/** A task of the extension, with all that its status brings. */
async function readModern(seen: JsonObject, task: MadeByCall, lease: Lease): Promise<JobStatus> {
  const { tool } = task;
  switch (readText(seen, 'status')) {
    case 'completed':
      return { done: true, result: checkResult(toObject(seen['result']), tool) };
    case 'failed': {
      const error = toObject(seen['error']);
      throw toRejected(Number(error['code']), readText(error, 'message'), tool);
    }
    case 'cancelled':
      throw toStopped(task);
    case 'input_required':
      return answer(seen, task, lease);
    default:
      return toRunning(seen);
  }
}

/** Hands on the answers that are there, and asks for those that are not. */
async function answer(seen: JsonObject, task: MadeByCall, lease: Lease): Promise<JobStatus> {
  const { calls, context } = task;
  const { idempotencyKey, inputResponses } = context;
  const asked = toTaskQuestions(toObject(seen['inputRequests']), task.tool);
  const given = Object.fromEntries(
    asked.flatMap(({ key, own }) => {
      const response = inputResponses[own];
      return response ? [[key, response] as const] : [];
    }),
  );
  if (Object.keys(given).length > 0) {
    await request(lease, task, 'tasks/update', { inputResponses: given as JsonObject });
  }
  const missing = asked.filter(({ own }) => !Object.hasOwn(inputResponses, own));
  if (missing.length === 0) return { ...toRunning(seen), pollAfterMs: ANSWERED_MS };
  lease.keepFor(INPUT_MS);
  const { closed, isLocal } = lease.connection;
  if (isLocal && !closed.aborted) {
    calls.waiting.add(idempotencyKey);
    closed.addEventListener('abort', () => calls.waiting.delete(idempotencyKey));
  }
  throw new InputRequired(
    Object.fromEntries(missing.map(({ own, request: question }) => [own, question])),
  );
}

/** A task of 2025-11-25, whose result and questions come by a request of their own. */
async function readLegacy(seen: JsonObject, task: MadeByCall): Promise<JobStatus> {
  const { tool, taskId } = task;
  switch (readText(seen, 'status')) {
    case 'completed':
    case 'failed':
      return awaitResult(task);
    case 'cancelled':
      throw toStopped(task);
    case 'input_required':
      return awaitResult(task, QUESTION_MS, () => {
        const message = `${toPlace(tool)}: its task ${taskId} waits for an answer, and does not ask again since the connection has ended on which it asked`;
        throw new UnreadPoll(new OperationError('OUTCOME_UNKNOWN', message));
      });
    default:
      return isNew(seen, QUICK_MS)
        ? awaitResult(task, QUICK_MS, () => toRunning(seen))
        : toRunning(seen);
  }
}

function toRunning(seen: JsonObject): JobStatus & { readonly done: false } {
  const { statusMessage } = seen;
  const pollAfterMs = readPollMs(seen);
  return {
    done: false,
    ...(typeof statusMessage === 'string' && {
      progress: { fraction: null, message: statusMessage },
    }),
    ...(pollAfterMs !== undefined && { pollAfterMs }),
  };
}

function toStopped({ tool, taskId }: MadeByCall): OperationError {
  const message = `${toPlace(tool)}: the server has cancelled the task ${taskId} that it made of the call`;
  return new OperationError('UPSTREAM_REJECTED', message);
}

/** A poll whose answer did not come is repeated: the task goes on at the server. */
function toTaskError(thrown: unknown, { tool, taskId }: MadeByCall): unknown {
  if (thrown instanceof OperationError || thrown instanceof InputRequired) return thrown;
  if (!isUnknownTask(thrown)) {
    return new OperationError('UPSTREAM_UNAVAILABLE', `${toPlace(tool)}: ${toReason(thrown)}`);
  }
  const { code, message } = thrown;
  const lost = new OperationError(
    'OUTCOME_UNKNOWN',
    `${toPlace(tool)}: the server no longer knows the task ${taskId} that it made of the call (error ${code}: ${message}); the tool was not run again, and may or may not have taken effect`,
  );
  return new UnreadPoll(lost, false, false);
}

function readText(of: JsonObject, key: string): string {
  const value = of[key];
  return typeof value === 'string' ? value : '';
}

function toObject(value: Json | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}
