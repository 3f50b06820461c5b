// resolve_task_status: how a task stands, and its outcome.
import * as z from 'zod';
import { isDone } from '../../contract/task.ts';
import { defineTool, type Tool } from '../tool.ts';
import { taskAnswerSchema, toTaskAnswer } from '../../tasks/answer.ts';
import { CROWDED_STEP, toHeldStep } from '../../tasks/next-step.ts';
import type { Pair } from './parts.ts';
import { waitOrRead } from '../wait.ts';

/** Makes the tool. */
export function createResolveTool(pair: Pair): Tool {
  return defineTool({
    name: 'resolve_task_status',
    title: 'Resolve task status',
    description:
      'Reads a background task: its status, progress and, once done is true, its result or error. ' +
      'With wait_seconds the answer comes as soon as the task is done, at the latest after that time.',
    annotations: { readOnlyHint: true, openWorldHint: false },
    input: z.strictObject({
      task_ref: z.string().describe('As initiate_background_task returned it.'),
      wait_seconds: z
        .number()
        .min(0)
        .optional()
        .describe(
          `How long to wait for the outcome. Default 0, at most ${pair.polling.waitCapSeconds}.`,
        ),
    }),
    output: taskAnswerSchema,
    answer: async ({ task_ref, wait_seconds = 0 }, call) => {
      const look = (seconds: number) => waitOrRead(pair, call, task_ref, seconds);
      const { task, crowded } = await look(wait_seconds);
      if (crowded && !isDone(task.state)) {
        const answer = toTaskAnswer(task, { ...pair.polling, waitCapSeconds: 0 });
        return { ...answer, next_step: CROWDED_STEP + answer.next_step };
      }
      if (wait_seconds > 0) return toTaskAnswer(task, pair.polling);
      const hold = async (seconds: number) => (await look(seconds)).task;
      const read = await pair.discipline.admit(call.caller.principal, task, hold);
      const answer = toTaskAnswer(read.task, pair.polling);
      if (!read.held || answer.done) return answer;
      return { ...answer, next_step: toHeldStep(pair.polling.waitCapSeconds) + answer.next_step };
    },
  });
}
