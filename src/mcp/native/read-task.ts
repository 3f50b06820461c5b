// tasks/get. Longhaul's own client may ask that the answer waits until the task has ended, asks something, or the time is up.
// Invariant: without that wish no answer waits, and nothing is added to it.
import { EXTRAS } from '../../contract/extras.ts';
import type { Task } from '../../contract/task.ts';
import type { Call } from '../call.ts';
import { waitForTask } from '../wait.ts';

interface TaskWithExtras {
  readonly task: Task;
  readonly extras: { readonly _meta?: Readonly<Record<string, unknown>> };
}

/**
 * The task, when the caller wants to know.
 *
 * @param isOver whether a task has ended for this face, though its work goes on
 */
export async function readTask(
  call: Call,
  taskId: string,
  isOver?: (task: Task) => boolean,
): Promise<TaskWithExtras> {
  const { mcp, caller, context } = call;
  const wished: unknown = context.mcpReq._meta?.[EXTRAS.waitSeconds];
  if (typeof wished !== 'number') return { task: await mcp.tasks.read(caller, taskId), extras: {} };
  const found = isOver && (await mcp.tasks.read(caller, taskId));
  const task = found && isOver(found) ? found : await waitForTask(call, taskId, wished);
  const { state } = task;
  const progress = state.status === 'processing' ? state.progress : null;
  return { task, extras: progress ? { _meta: { [EXTRAS.progress]: progress } } : {} };
}
