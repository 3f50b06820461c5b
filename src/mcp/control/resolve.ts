// resolve_task_status: how a task stands, and its outcome.
import * as z from 'zod';
import { READ } from '../../auth/index.ts';
import type { JsonObject } from '../../contract/json.ts';
import { isDone } from '../../contract/task.ts';
import { toTaskAnswer } from '../../tasks/answer.ts';
import { CROWDED_STEP, toThrottledStep } from '../../tasks/next-step.ts';
import { defineTool } from '../tool.ts';
import { waitOrRead } from '../wait.ts';

export const resolveTool = defineTool({
  name: 'resolve_task_status',
  scope: READ,
  instruction: {
    sentence:
      'Read it with resolve_task_status until done is true, following next_step and poll_after_ms, or let it wait for you with wait_seconds; go on with other work meanwhile.',
  },
  title: 'Resolve task status',
  description:
    'Reads a background task: its status, progress and, once done is true, its result or error. ' +
    'With wait_seconds the answer comes as soon as the task is done, at the latest after that time.',
  input: z.strictObject({
    task_ref: z.string().describe('As initiate_background_task returned it.'),
    wait_seconds: z.number().min(0).optional(),
  }),
  publish: (schema, { polling }) => {
    const { wait_seconds, ...properties } = schema['properties'] as Record<string, JsonObject>;
    const description = `How long to wait for the outcome. Default 0, at most ${polling.waitCapSeconds}.`;
    return {
      ...schema,
      properties: { ...properties, wait_seconds: { ...wait_seconds, description } },
    };
  },
  answer: async ({ task_ref, wait_seconds = 0 }, call) => {
    const { readThrottle, polling } = call.mcp;
    const { found: task, crowded } = await waitOrRead(call, task_ref, wait_seconds);
    if (crowded && !isDone(task.state)) {
      const answer = toTaskAnswer(task, { ...polling, waitCapSeconds: 0 });
      return { ...answer, next_step: CROWDED_STEP + answer.next_step };
    }
    if (wait_seconds > 0) return toTaskAnswer(task, polling);
    const read = await readThrottle.admit(
      call.caller.principal,
      task,
      async (seconds) => (await waitOrRead(call, task_ref, seconds)).found,
    );
    const answer = toTaskAnswer(read.task, polling);
    if (!read.isDelayed || answer.done) return answer;
    return { ...answer, next_step: toThrottledStep(polling.waitCapSeconds) + answer.next_step };
  },
});
