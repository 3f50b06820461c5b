// Waiting until a task is in the middle of its work.
import type { TaskAnswer } from '../../../mcp/pair/answer.ts';
import { refOf, StepFailure, type Scene } from '../step.ts';

const LOOK_MS = 200;

/** The task of the key, as soon as an attempt of it runs and has reported progress. */
export async function untilProcessing(scene: Scene, key: string): Promise<TaskAnswer> {
  for (;;) {
    const task = await scene.agent.resolve(refOf(scene, key));
    if (task.done) throw new StepFailure(`${key} ended before its time: ${JSON.stringify(task)}`);
    if (task.progress?.fraction != null && task.progress.fraction > 0) return task;
    await scene.pause(LOOK_MS);
  }
}
