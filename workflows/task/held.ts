// What one worker holds, an open call or a task in a process of its own, is taken up there. Where that worker is gone, any other
// takes it up, and says what it finds.
import { ActivityFailure, TimeoutFailure, type ActivityOptions } from '@temporalio/workflow';
import { HOLDER_MS } from '../../src/contract/workflow/call.ts';
import type { Json } from '../../src/contract/json.ts';

/** @param call schedules the activity, on the queue of the holder where the options name it */
export async function callHolder(
  holder: string | undefined,
  call: (options: Pick<ActivityOptions, 'taskQueue' | 'scheduleToStartTimeout'>) => Promise<Json>,
): Promise<Json> {
  if (holder === undefined) return call({});
  try {
    return await call({ taskQueue: holder, scheduleToStartTimeout: HOLDER_MS });
  } catch (failure) {
    const cause = failure instanceof ActivityFailure ? failure.cause : failure;
    const isGone = cause instanceof TimeoutFailure && cause.timeoutType === 'SCHEDULE_TO_START';
    if (!isGone) throw failure;
  }
  return call({});
}
