// list_background_tasks: finds handles again, running ones first.
import * as z from 'zod';
import { READ } from '../../auth/index.ts';
import { taskStatuses, toTaskSummary } from '../../tasks/answer.ts';
import { defineTool } from '../tool.ts';

export const listTool = defineTool({
  name: 'list_background_tasks',
  scope: READ,
  instruction: { purpose: 'finds a lost task_ref' },
  title: 'List background tasks',
  description:
    'Finds your background tasks again when a task_ref was lost: running ones first, then those that ended last.',
  input: z.strictObject({
    status: z.enum(taskStatuses).optional(),
    operation_type: z.string().optional(),
    idempotency_key: z.string().optional().describe('As it was sent with the task.'),
    batch: z.string().optional().describe('The task_ref of a batch: lists its items instead.'),
    limit: z.int().min(1).max(100).optional().describe('Tasks per page. Default 20.'),
    cursor: z.string().optional().describe('next_cursor of the page before.'),
  }),
  answer: async (
    { limit = 20, status, operation_type, idempotency_key, batch, cursor },
    { mcp, caller },
  ) => {
    const { tasks, nextCursor } = await mcp.tasks.list(caller, {
      ...{ limit, status, batch, cursor },
      operation: operation_type,
      idempotencyKey: idempotency_key,
    });
    return {
      tasks: tasks.map(toTaskSummary),
      next_cursor: nextCursor,
      next_step: toListStep(tasks.length, nextCursor),
    };
  },
});

function toListStep(count: number, nextCursor: string | null): string {
  if (nextCursor !== null) {
    return 'Call list_background_tasks again with cursor set to next_cursor for more, or resolve_task_status with a task_ref.';
  }
  return count === 0
    ? 'No task matches; call list_background_tasks with fewer filters, or initiate_background_task.'
    : 'Call resolve_task_status with a task_ref for its result or error.';
}
