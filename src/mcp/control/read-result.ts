// read_task_result: a part of what a task came to, so that a model pays for what it needs.
import * as z from 'zod';
import { READ } from '../../auth/index.ts';
import { OperationError } from '../../contract/errors.ts';
import type { FileReference } from '../../contract/file.ts';
import { isDone } from '../../contract/task.ts';
import { toTaskAnswer } from '../../tasks/answer.ts';
import { readPart } from '../results/part.ts';
import { defineTool } from '../tool.ts';

/** What an answer carries where nothing is cut by itself. */
const DEFAULT_TOKENS = 5_000;

export const readResultTool = defineTool({
  name: 'read_task_result',
  scope: READ,
  instruction: { purpose: 'reads a part of a large result' },
  title: 'Read task result',
  description:
    'Reads a part of the result of a completed task, for one that is too large for an answer: what is at path, from offset on, or where find stands in it.',
  input: z.strictObject({
    task_ref: z.string(),
    path: z.string().optional().describe('JSON Pointer such as /items/0/name. Default: the whole.'),
    offset: z.int().min(0).optional().describe('Items, keys, lines or matches to skip.'),
    limit: z.int().min(1).optional(),
    find: z.string().min(1).max(1000).optional().describe('Text to look for, in any case.'),
  }),
  answer: async ({ task_ref, path, offset, limit, find }, call) => {
    const { mcp, caller } = call;
    const task = await mcp.tasks.read(caller, task_ref);
    const { state } = task;
    if (state.status !== 'completed') {
      const { status, error, next_step } = toTaskAnswer(task, mcp.polling);
      const why = isDone(state) ? 'It failed, and has no result.' : 'It has no result yet.';
      return { task_ref, status, error, next_step: `${why} ${next_step}` };
    }
    const opened = await mcp.openResult(caller.principal, state.result);
    if (!opened) throw createUnreadableError(state.result as FileReference);
    const question = {
      ...(path !== undefined && { path }),
      ...(offset !== undefined && { offset }),
      ...(limit !== undefined && { limit }),
      ...(find !== undefined && { find }),
    };
    const budget = mcp.tools.answerBudgetTokens || DEFAULT_TOKENS;
    return { task_ref, ...readPart(opened.content, question, budget) };
  },
});

function createUnreadableError({ uri, mimeType, size }: FileReference): OperationError {
  return new OperationError(
    'INVALID_PARAMETERS',
    `the result is a file of ${size} bytes, ${mimeType}, and none that can be shown in parts: read ${uri} as a resource, ` +
      'or give its uri to an operation that takes a file',
  );
}
