// The answer budget: what of a result an answer carries. Invariants: an answer carries a result whole or a preview of it, never a
// part; nothing is cut without a tool to read on with, nor for a program that asks for the whole.
import { isFileReference } from '../../contract/file.ts';
import type { JsonObject } from '../../contract/json.ts';
import { toResultUri } from '../../contract/task-uri.ts';
import type { Call } from '../call.ts';
import { toPreview } from './preview.ts';

/** Share of the budget that a preview takes. */
const PREVIEW_SHARE = 0.3;

/** The answer with a task, its result within the budget; `null` where it is so as it stands. */
export async function cutAnswer(call: Call, answer: JsonObject): Promise<JsonObject | null> {
  const { answerBudgetTokens: budget, pair: canReadOn } = call.mcp.tools;
  const { result = null, task_ref: taskRef } = answer;
  if (call.isProgram || budget === 0 || !canReadOn) return null;
  if (result === null || typeof taskRef !== 'string') return null;
  const isFile = isFileReference(result);
  // A storage that does not answer is no reason not to show how a task ended.
  const opened = await call.mcp.openResult(call.caller.principal, result).catch(() => null);
  if (!opened || (opened.tokens <= budget && !isFile)) return null;
  const { content, bytes, tokens } = opened;
  const uri = isFile ? result.uri : toResultUri(taskRef);
  return {
    ...answer,
    result: isFile ? result : null,
    result_preview: { ...toPreview(content, budget * PREVIEW_SHARE), bytes, tokens, uri },
    next_step: isFile ? FILE_STEP : LARGE_STEP,
  };
}

const LARGE_STEP =
  'The result is final, and too large to be shown: call read_task_result with this task_ref and path, find, or offset and limit for the part that you need.';

const FILE_STEP =
  'The result is final, and a file: call read_task_result with this task_ref for what is in it, whole or in parts, or give its uri to an operation that takes a file.';
