// A person's decision, and nothing else: the operation to try questions with.
import * as z from 'zod';
import { defineOperation } from '../define.ts';
import type { Operation } from '../operation.ts';

/** `approval`: asks a person, and returns the decision. */
export const approval: Operation = defineOperation({
  name: 'approval',
  title: 'Ask for approval',
  description:
    'Asks a person a question and waits for the decision, for up to a day. For trying out tasks that need input.',
  input: z.strictObject({
    question: z.string().min(1).max(1000).describe('What the person is asked.'),
  }),
  output: z.strictObject({ approved: z.boolean(), comment: z.string().nullable() }),
  hints: { readOnly: true, openWorld: false },
  idempotent: true,
  run: ({ question }, { ask }) => {
    const { decision } = ask({
      decision: {
        message: question,
        requestedSchema: {
          type: 'object',
          properties: {
            approve: { type: 'boolean', title: 'Approve' },
            comment: { type: 'string', title: 'Comment', maxLength: 1000 },
          },
          required: ['approve'],
        },
      },
    });
    if (decision.action !== 'accept') return { approved: false, comment: null };
    const { approve, comment } = answer.parse(decision.content);
    return { approved: approve, comment: comment ?? null };
  },
});

const answer = z.object({ approve: z.boolean(), comment: z.string().optional() });
