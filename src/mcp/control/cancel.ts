// cancel_background_task: asks a task to stop, and says what is known about that.
import * as z from 'zod';
import { WRITE } from '../../auth/index.ts';
import { toCancelAnswer } from '../../tasks/answer.ts';
import { defineTool } from '../tool.ts';

export const cancelTool = defineTool({
  name: 'cancel_background_task',
  scope: WRITE,
  instruction: { purpose: 'stops a task' },
  title: 'Cancel background task',
  description:
    'Asks a background task to stop. A task that has finished stays as it is; repeating a cancel changes nothing.',
  input: z.strictObject({
    task_ref: z.string().describe('As initiate_background_task returned it.'),
    reason: z.string().max(1000).optional().describe('Shown to operators.'),
  }),
  answer: async ({ task_ref, reason }, { mcp, caller }) => {
    const known = await mcp.tasks.cancel(caller, task_ref, reason);
    mcp.readThrottle.forget(caller.principal, task_ref);
    return toCancelAnswer(known, mcp.polling);
  },
});
