// wait_for_background_tasks: what came of several tasks, as soon as one of them or all of them are done.
import * as z from 'zod';
import { READ } from '../../auth/index.ts';
import { OperationError } from '../../contract/errors.ts';
import { isDone, type Task } from '../../contract/task.ts';
import { toTaskAnswer } from '../../tasks/answer.ts';
import { CROWDED_STEP } from '../../tasks/next-step.ts';
import type { Polling } from '../../tasks/options.ts';
import { toHandle } from '../forgive.ts';
import { defineTool } from '../tool.ts';
import { waitForTasks } from '../wait.ts';

export const waitForTasksTool = defineTool({
  name: 'wait_for_background_tasks',
  scope: READ,
  instruction: { purpose: 'waits for several' },
  title: 'Wait for background tasks',
  description:
    'Waits for several background tasks in one call, and shows those that are done with their results, the others as they stand.',
  input: z.strictObject({
    task_refs: z.array(z.string()).min(1).max(50),
    wait_for: z.enum(['any', 'all']),
    wait_seconds: z.number().min(0).optional().describe('Default: as long as possible.'),
  }),
  answer: async ({ task_refs, wait_for, wait_seconds }, call) => {
    const { polling } = call.mcp;
    const taskRefs = [...new Set(task_refs.map(toHandle))];
    const seconds = wait_seconds ?? polling.waitCapSeconds;
    const { found, crowded } = await waitForTasks(call, taskRefs, wait_for, seconds);
    const tasks = found.flatMap((task) => task ?? []);
    if (tasks.length === 0)
      throw new OperationError('TASK_NOT_FOUND', `${NOT_FOUND}: ${taskRefs.join(', ')}`);
    const open = tasks.filter(({ state }) => !isDone(state));
    const hints = open.map((task) => toTaskAnswer(task, polling).poll_after_ms ?? 0);
    return {
      tasks: found.map((task, index) => toShortAnswer(task, taskRefs[index] ?? '', polling)),
      done: tasks.length - open.length,
      open: open.length,
      poll_after_ms: open.length > 0 ? Math.min(...hints) : null,
      next_step: (crowded ? CROWDED_STEP : '') + toStep(tasks, open),
    };
  },
});

const NOT_FOUND = 'no task of this caller has this task_ref';

/** Of what there is to say of a task, what is not known already. */
function toShortAnswer(task: Task | null, taskRef: string, polling: Polling): object {
  if (!task) return { task_ref: taskRef, error: { code: 'TASK_NOT_FOUND', message: NOT_FOUND } };
  const answer = toTaskAnswer(task, polling);
  const { task_ref, operation_type, status, done, starts_at, progress } = answer;
  const { input_requests, result, error, next_step } = answer;
  return {
    ...{ task_ref, operation_type, status, done },
    ...(status === 'pending' && starts_at !== undefined && { starts_at }),
    ...(progress && { progress }),
    ...(input_requests && { input_requests }),
    ...(status === 'completed' && { result }),
    ...(error && { error, next_step }),
  };
}

function toStep(tasks: readonly Task[], open: readonly Task[]): string {
  if (open.length === 0) return 'All of them are done.';
  const asking = open.filter(({ state }) => state.status === 'input_required');
  const refs = asking.map(({ taskRef }) => taskRef).join(', ');
  const answer =
    asking.length > 0
      ? ` Ask the user what the input_requests of ${refs} say, and call provide_task_input for each.`
      : '';
  const again =
    open.length > asking.length
      ? ' Call wait_for_background_tasks again with the task_refs of those that are not done, or go on with other work meanwhile.'
      : '';
  return `${tasks.length - open.length} of ${tasks.length} are done.${answer}${again}`;
}
