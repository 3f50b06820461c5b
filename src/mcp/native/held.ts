// A tasks/get that Longhaul's own client asks to be held: it is answered when the task has ended, asks something, or the
// time is up. Invariant: without that wish nothing is held, and nothing is added to the answer.
import type { ServerContext } from '@modelcontextprotocol/server';
import { EXTRAS } from '../../contract/extras.ts';
import type { Task } from '../../contract/task.ts';
import { waitForTask } from '../wait.ts';
import { withProgress } from '../progress.ts';
import type { NativeFaces } from '../method.ts';

/** A task, and what the answer carries beside it. */
export interface HeldTask {
  readonly task: Task;
  readonly extras: { readonly _meta?: Readonly<Record<string, unknown>> };
}

/**
 * The task, when the caller wants to know.
 *
 * @param isOver whether a task has ended for this face, though its work goes on
 */
export async function readHeld(
  faces: NativeFaces,
  context: ServerContext,
  taskId: string,
  isOver?: (task: Task) => boolean,
): Promise<HeldTask> {
  const { tasks } = faces;
  const caller = faces.caller(context);
  const wished: unknown = context.mcpReq._meta?.[EXTRAS.waitSeconds];
  if (typeof wished !== 'number') return { task: await tasks.read(caller, taskId), extras: {} };
  const task = await withProgress(context, async (onProgress) => {
    const call = { caller, ...(onProgress && { onProgress }) };
    const now = isOver && (await tasks.read(caller, taskId));
    return now && isOver(now) ? now : waitForTask(faces, call, taskId, wished);
  });
  const { state } = task;
  const progress = state.status === 'processing' ? state.progress : null;
  return { task, extras: progress ? { _meta: { [EXTRAS.progress]: progress } } : {} };
}
