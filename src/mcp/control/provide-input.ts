// provide_task_input: answers to what a task asks, for clients that cannot be asked themselves.
import * as z from 'zod';
import { ANSWER } from '../../auth/index.ts';
import type { InputResponses } from '../../contract/input.ts';
import type { JsonObject } from '../../contract/json.ts';
import type { Task } from '../../contract/task.ts';
import { cut } from '../../contract/text.ts';
import { elicitResult } from '../input/input-responses.ts';
import { defineTool } from '../tool.ts';
import { toTaskAnswer } from '../../tasks/answer.ts';
import { withoutAnswered } from '../input/open-requests.ts';

export const provideInputTool = defineTool({
  name: 'provide_task_input',
  scope: ANSWER,
  answersByArgument: 'task_ref',
  instruction: { purpose: 'answers its questions' },
  title: 'Provide task input',
  description:
    'Answers what a background task asks in input_requests, some questions or all of them. Ask the user; do not make answers up.',
  input: z.strictObject({
    task_ref: z.string().describe('As initiate_background_task returned it.'),
    responses: z.record(z.string(), elicitResult),
  }),
  publish: toPublished,
  answer: async ({ task_ref, responses }, { mcp, caller }) => {
    const { tasks, readThrottle, polling } = mcp;
    const before = await tasks.read(caller, task_ref);
    const after = await tasks.provideInput(caller, task_ref, responses);
    readThrottle.forget(caller.principal, task_ref);
    const answer = toTaskAnswer(withoutAnswered(after, Object.keys(responses)), polling);
    return { ...answer, next_step: toIgnoredStep(before, responses) + answer.next_step };
  },
});

/** Answers to questions that the task does not ask, or no longer, in a sentence. */
function toIgnoredStep({ state }: Task, responses: InputResponses): string {
  const asked = state.status === 'input_required' ? state.requests : {};
  const ignored = Object.keys(responses).filter((key) => !Object.hasOwn(asked, key));
  if (ignored.length === 0) return '';
  const names = ignored.map((key) => JSON.stringify(cut(key, 80))).join(', ');
  return `Ignored, since no open question has this key: ${names}. `;
}

/** A shape that every client can show: alternatives by action would make some refuse the tool. */
function toPublished(schema: JsonObject): JsonObject {
  const properties = schema['properties'] as JsonObject;
  const responses = {
    type: 'object',
    description: 'By the key of the question.',
    additionalProperties: {
      type: 'object',
      properties: {
        action: {
          enum: ['accept', 'decline', 'cancel'],
          description: 'decline: the user says no. cancel: the user did not choose.',
        },
        content: { type: 'object', description: 'With accept: as requested_schema says.' },
      },
      required: ['action'],
    },
  };
  return {
    type: 'object',
    properties: { ...properties, responses },
    required: ['task_ref', 'responses'],
    additionalProperties: false,
  };
}
