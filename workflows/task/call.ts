// The call of another server's tool. Its attempt answers, or the server has made a task of it, which is followed as a job is; a run
// that began with a question of that task goes on with it.
import type { CallEnd } from '../../src/contract/workflow/call.ts';
import type { TaskOutput } from '../../src/contract/workflow/task-input.ts';
import { runAttempts } from './attempts.ts';
import { followJob } from './job.ts';
import type { Task } from './task.ts';

export async function runCall(task: Task): Promise<TaskOutput> {
  const { before } = task.input;
  if (before?.followed) return followJob(task, before.followed, before.attempt);
  const { result, attempt } = await runAttempts(task);
  const end = result as unknown as CallEnd;
  return 'result' in end ? { result: end.result, attempt } : followJob(task, end.followed, attempt);
}
