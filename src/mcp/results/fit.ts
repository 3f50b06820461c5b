// The answer budget: what of a result an answer carries. Invariants: an answer carries a result whole or a preview of it, never a
// part; nothing is cut without a tool to read on with, nor for a program that asks for the whole.
import { isFileReference } from '../../contract/file.ts';
import { isJsonArray, isJsonObject, type JsonObject } from '../../contract/json.ts';
import { toResultUri } from '../../contract/task-uri.ts';
import type { Call } from '../call.ts';
import { toPreview } from './preview.ts';
import { estimateTokens } from './tokens.ts';

const PREVIEW_SHARE = 0.3;

/** The answer with a task, or with several, their results within the budget; `null` where it is so as it stands. */
export async function cutAnswer(call: Call, answer: JsonObject): Promise<JsonObject | null> {
  const { answerBudgetTokens: budget, pair: canReadOn } = call.mcp.tools;
  if (call.isProgram || budget === 0 || !canReadOn) return null;
  const { tasks } = answer;
  return isJsonArray(tasks)
    ? cutTasks(call, { ...answer, tasks: tasks.filter(isJsonObject) }, budget)
    : cutTask(call, answer, budget);
}

/** Several results share the budget: what small ones leave goes to the larger. */
async function cutTasks(
  call: Call,
  answer: JsonObject & { readonly tasks: readonly JsonObject[] },
  budget: number,
): Promise<JsonObject | null> {
  const { tasks } = answer;
  const sized = tasks.flatMap((task, index) => {
    const { result = null } = task;
    return result === null ? [] : [{ task, index, tokens: estimateTokens(JSON.stringify(result)) }];
  });
  const all = estimateTokens(JSON.stringify(answer));
  const frame = all - sized.reduce((sum, { tokens }) => sum + tokens, 0);
  let left = Math.max(0, budget - frame);
  const shown: JsonObject[] = [...tasks];
  let isCut = false;
  for (const [place, { task, index, tokens }] of sized
    .toSorted((one, other) => one.tokens - other.tokens)
    .entries()) {
    const share = left / (sized.length - place);
    const cut = await cutTask(call, task, share);
    left -= Math.min(tokens, share);
    if (!cut) continue;
    isCut = true;
    shown[index] = {
      ...task,
      result: cut['result'] ?? null,
      result_preview: cut['result_preview'] ?? null,
    };
  }
  if (!isCut) return null;
  return {
    ...answer,
    tasks: shown,
    next_step: `${answer['next_step'] as string} ${PREVIEWED_STEP}`,
  };
}

const PREVIEWED_STEP =
  'A result with a result_preview is too large to be shown: call read_task_result with its task_ref for what you need of it.';

async function cutTask(call: Call, answer: JsonObject, budget: number): Promise<JsonObject | null> {
  const { result = null, task_ref: taskRef } = answer;
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
