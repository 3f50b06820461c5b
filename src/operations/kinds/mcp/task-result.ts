// The result of a task of 2025-11-25: a request that is answered when the task has ended, and on whose stream its questions come.
import { ProtocolError } from '@modelcontextprotocol/client';
import type { JsonObject } from '../../../contract/json.ts';
import type { InputResponses } from '../../../contract/input.ts';
import type { DeclaredContext } from '../../context.ts';
import type { JobStatus } from '../../operation.ts';
import { UNANSWERED } from './answers.ts';
import { isUnknownTask, toRejected, type ToolName } from './failure.ts';
import { awaitOpenCall, createAsk, type OpenCall, type OpenCalls } from './open-call.ts';
import type { Pool } from './pool.ts';
import { anyResult, checkResult, NO_TIMEOUT_MS } from './result.ts';
import { withoutTask } from './task-support.ts';

const QUESTION = 'task_question_';

/** A task, and what finds it. */
export interface MadeByCall {
  readonly tool: ToolName;
  readonly taskId: string;
  readonly context: DeclaredContext;
  readonly pool: Pool;
  readonly calls: OpenCalls;
}

/** Whether a task was made just now; by the server's clock, so that a wrong one costs a short wait at most. */
export function isNew({ createdAt }: JsonObject, withinMs: number): boolean {
  const ageMs = Date.now() - Date.parse(typeof createdAt === 'string' ? createdAt : '');
  return ageMs >= 0 && ageMs < withinMs;
}

/**
 * Waits for the result, or a question.
 *
 * @param limitMs how long; always, where a task that has ended is asked for
 * @param late what is true when nothing came by then
 */
export async function awaitResult(
  task: MadeByCall,
  limitMs?: number,
  late?: () => JobStatus,
): Promise<JobStatus> {
  const { context, calls } = task;
  const limit = limitMs !== undefined && late ? { afterMs: limitMs, answer: late } : null;
  return awaitOpenCall(context, calls, async (open) => readResult(task, open), limit);
}

async function readResult(
  { tool, taskId, context, pool }: MadeByCall,
  open: OpenCall,
): Promise<JobStatus> {
  const { signal } = open.ending;
  using lease = await pool.lease(context.principal, signal);
  const { client } = lease.connection;
  // A question that is asked again on a new connection is another one: no answer of before is taken for it.
  const before = countQuestions(context.inputResponses);
  lease.taskId = taskId;
  lease.onElicit = createAsk(open, (count) => `${QUESTION}${before + count}`);
  const ask = async (method: string): Promise<JsonObject> =>
    client.request({ method, params: { taskId } }, anyResult, {
      signal,
      timeout: NO_TIMEOUT_MS,
    });
  try {
    return { done: true, result: checkResult(withoutTask(await ask('tasks/result')), tool) };
  } catch (thrown) {
    // The error of the tool itself comes so, too: then the task is known.
    if (isUnknownTask(thrown)) await ask('tasks/get');
    const isAnswer = thrown instanceof ProtocolError && thrown.code !== UNANSWERED;
    throw isAnswer ? toRejected(thrown.code, thrown.message, tool) : thrown;
  }
}

function countQuestions(responses: InputResponses): number {
  return Object.keys(responses).filter((key) => key.startsWith(QUESTION)).length;
}
