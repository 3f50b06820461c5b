// The paths of calls of another server's tools, and questions on any path.
import { INPUT_REQUIRED } from '../../src/contract/input.ts';
import { STILL_HELD } from '../../src/contract/workflow/call.ts';
import { JOB_RUNNING } from '../../src/contract/workflow/task-input.ts';
import { TEST_TASKS_QUEUE } from '../support/temporal/tasks-without-gateway.ts';
import type { Path } from './path.ts';
import { call, done, fail, inTurn } from './steps.ts';

export const question = { message: '?', requestedSchema: { type: 'object', properties: {} } };
export const asks = fail(INPUT_REQUIRED, {
  nonRetryable: true,
  details: [{ one: question, two: question }],
});
const asksHeld = fail(INPUT_REQUIRED, {
  nonRetryable: true,
  details: [{ one: question, two: question }, { holder: TEST_TASKS_QUEUE }],
});
export const accepted = { action: 'accept', content: {} } as const;
export const answered: Pick<Path, 'answers'> = {
  answers: [{ one: accepted }, { one: accepted, two: { action: 'decline' } }],
};

export const CALL_PATHS: Readonly<Record<string, Path>> = {
  'call-completed': { activities: call({ attempt: async () => ({ result: 'done' }) }) },
  'call-followed': {
    activities: call({ poll: inTurn(fail(JOB_RUNNING, { nextRetryDelay: 50 }), done) }),
  },
  'call-asks': { activities: call({ poll: inTurn(asks, done) }), ...answered, untilAsked: true },
  'call-answered': { activities: call({ poll: inTurn(asks, done) }), ...answered },
  'call-unanswered': {
    change: { policy: { inputMs: 300 } },
    activities: call({ poll: asks }),
  },
  'call-watched-answered': { activities: call({ poll: inTurn(asks, done) }), ...answered },
  'call-watched-ended': {
    activities: call({ poll: inTurn(asks, done), watch: inTurn(fail(STILL_HELD), done) }),
  },
  'call-watched-in-vain': {
    activities: call({
      poll: asks,
      watch: fail('OUTCOME_UNKNOWN', { nonRetryable: true, details: [{ jobMayRun: true }] }),
    }),
  },
  'call-held-answered': {
    activities: call({ attempt: inTurn(asksHeld, async () => ({ result: 'done' })) }),
    ...answered,
  },
  'call-held-ended': {
    activities: call({
      attempt: inTurn(asksHeld, async () => ({ result: 'done' })),
      hold: inTurn(fail(STILL_HELD), done),
    }),
  },
  'call-held-cancelled': {
    activities: call({ attempt: asksHeld }),
    cancelAfter: 'WorkflowExecutionContinuedAsNew',
  },
};
