// Every path through the workflow, as a task that takes it on a real server. A history of each is committed: workers that
// are replaced in the middle of a task must go on where the old ones stopped.
import { setTimeout as sleep } from 'node:timers/promises';
import { INPUT_SIGNAL, type Asked } from '../../src/contract/input.ts';
import {
  ATTEMPT_LOST,
  JOB_RUNNING,
  DELAYED_POLL,
  UNKNOWN_TO_WORKER,
} from '../../src/contract/workflow/task-input.ts';
import type { Activities, TaskChange } from '../support/temporal/tasks-without-gateway.ts';
import { untilEvent, type TestTask } from '../support/temporal/test-task.ts';
import { accepted, answered, asks, CALL_PATHS, question } from './call-paths.ts';
import { BATCH_PATHS } from './batch-paths.ts';
import { FOLLOWED_PATHS } from './followed-paths.ts';
import type { Path } from './path.ts';
import { toDeliveryActivities } from './deliveries.ts';
import { done, fail, hang, inTurn, job, putOff, run, silence, type Step } from './steps.ts';
import { untilAsked } from '../support/temporal/until-asked.ts';

const callbacks = ['https://hooks.example.com/a', 'https://hooks.example.com/b'];
const told = (step: Step): Activities => ({
  ...run(step),
  ...toDeliveryActivities([{ kind: 'delivered', status: 204 }]),
});

const retry = { attempts: 2, initialIntervalMs: 50, maximumIntervalMs: 50 };
const brief = { policy: { totalMs: 1_500 } };
const putOffTwice = () => inTurn(putOff({ retryAfterMs: 50 }), putOff(), done);
const queued = (more = {}) => putOff({ code: 'RATE_LIMITED', ...more });
const longPause = { attempts: 2, initialIntervalMs: 60_000, maximumIntervalMs: 60_000 };
const beating = { heartbeatMs: 5_000 };
const running = fail(JOB_RUNNING, { nextRetryDelay: 60_000 });
const refused = fail('UPSTREAM_REJECTED', { nonRetryable: true });
const unreadable = fail('UPSTREAM_REJECTED', {
  nonRetryable: true,
  details: [{ jobMayRun: true }],
});
const asked: Asked = { requests: { one: question }, keys: { one: 'one' }, responses: {} };

/** The paths, by the name of their history. */
export const PATHS: Readonly<Record<string, Path>> = {
  'run-completed': { activities: run(done) },
  'run-later': { change: { startAfterMs: 300 }, activities: run(done) },
  ...BATCH_PATHS,
  'run-delayed': { change: { delayMs: 300 }, activities: run(done) },
  'run-cancelled-while-delayed': {
    change: { delayMs: 60_000 },
    activities: run(done),
    cancelAfter: 'TimerStarted',
  },
  'run-queued': {
    activities: run(inTurn(queued(), queued({ retryAfterMs: 50 }), done)),
  },
  'run-queued-for-a-turn': {
    activities: run(inTurn(queued({ turnMs: 1_300 }), queued({ turnMs: 1_100 }), done)),
  },
  'run-failed': { activities: run(refused) },
  'run-retried': {
    change: { retry },
    activities: run(inTurn(fail('UPSTREAM_UNAVAILABLE'), fail('RATE_LIMITED'), done)),
  },
  'run-retried-in-vain': { change: { retry }, activities: run(fail('UPSTREAM_UNAVAILABLE')) },
  'run-pause-too-long': {
    change: { retry: longPause, policy: { totalMs: 30_000 } },
    activities: run(fail('UPSTREAM_UNAVAILABLE')),
  },
  'run-queue-timeout': { change: { policy: { queueMs: 200 } }, activities: null },
  'run-too-late': { change: { policy: { queueMs: 100 } }, activities: run(done), waitMs: 300 },
  'run-attempt-timeout': { change: { policy: { attemptMs: 200 } }, activities: run(hang) },
  'run-attempt-timeout-retried': {
    change: { idempotent: true, retry, policy: { attemptMs: 500 } },
    activities: run(inTurn(hang, done)),
  },
  'run-deadline': {
    change: { policy: { attemptMs: 300, totalMs: 300 } },
    activities: run(hang),
  },
  'run-lost': { change: { policy: { heartbeatMs: 300 } }, activities: run(silence) },
  'run-recovered': {
    change: { idempotent: true, policy: { heartbeatMs: 300 } },
    activities: run(inTurn(silence, done)),
  },
  'run-recovered-twice': {
    change: { idempotent: true },
    activities: run(inTurn(fail(ATTEMPT_LOST), fail(ATTEMPT_LOST), done)),
  },
  'run-known-to-the-next-worker': { activities: run(inTurn(fail(UNKNOWN_TO_WORKER), done)) },
  'run-put-off': { activities: run(putOffTwice()) },
  'run-put-off-in-vain': { activities: run(putOff({ retryAfterMs: 3_600_000 })) },
  'run-put-off-with-a-reserve': { activities: run(putOffTwice()) },
  'run-put-off-without-a-reserve': { change: brief, activities: run(putOff()) },
  'run-limited': { change: { policy: { queueMs: 300, ratePerSecond: 5 } }, activities: null },
  'run-unknown': { change: { policy: { totalMs: 800 } }, activities: run(fail(UNKNOWN_TO_WORKER)) },
  'run-cancelled-before-its-start': {
    activities: run(done),
    waitMs: 300,
    cancelAfter: 'WorkflowExecutionStarted',
  },
  'run-cancelled-in-the-queue': { activities: null, cancelAfter: 'ActivityTaskScheduled' },
  'run-cancelled-while-running': {
    change: { policy: beating },
    activities: run(hang),
    cancelAfter: 'ActivityTaskScheduled',
  },
  'run-completed-despite-a-cancel': {
    activities: run(async () => sleep(500, 'done')),
    cancelAfter: 'ActivityTaskScheduled',
  },
  'run-cancelled-between-attempts': {
    change: { retry: longPause },
    activities: run(fail('UPSTREAM_UNAVAILABLE')),
    cancelAfter: 'TimerStarted',
  },
  'run-recoveries-spent': {
    change: { idempotent: true, policy: { recoveries: 1 } },
    activities: run(fail(ATTEMPT_LOST)),
  },
  'run-lost-after-a-cancel': {
    change: { idempotent: true, policy: { heartbeatMs: 800 } },
    activities: run(silence),
    cancelAfter: 'ActivityTaskScheduled',
  },
  'run-asks': { activities: run(inTurn(asks, done)), ...answered, untilAsked: true },
  'run-answered': { activities: run(inTurn(asks, done)), ...answered },
  'run-asks-again': {
    activities: run(inTurn(asks, asks, done)),
    answers: [...(answered.answers ?? []), { 'one-2': accepted, 'two-2': accepted }],
  },
  'run-unanswered': { change: { policy: { inputMs: 300 } }, activities: run(asks) },
  'run-cancelled-while-asking': {
    activities: run(asks),
    cancelAfter: 'WorkflowExecutionContinuedAsNew',
  },
  'run-asks-after-a-cancel': {
    activities: run(async (attempt) => sleep(500).then(async () => asks(attempt))),
    cancelAfter: 'ActivityTaskScheduled',
  },
  'run-asks-first': {
    change: { asked },
    activities: run(done),
    answers: [{ one: accepted }],
  },
  'run-told': { change: { callbacks }, activities: told(done) },
  'run-told-of-its-workflow': {
    change: { callbacks, idempotencyKey: 'a-key-of-43-characters', workflowId: 'local:a-workflow' },
    activities: told(done),
  },
  'run-told-of-a-failure': { change: { callbacks }, activities: told(refused) },
  'run-told-of-a-cancel': {
    change: { callbacks, policy: beating },
    activities: told(hang),
    cancelAfter: 'ActivityTaskScheduled',
  },
  'run-asks-and-is-told': {
    change: { callbacks },
    activities: told(inTurn(asks, done)),
    ...answered,
  },
  ...CALL_PATHS,
  'job-asks': { activities: job({ submit: inTurn(asks, done) }), ...answered },
  'job-completed': {
    activities: job({ poll: inTurn(fail(JOB_RUNNING, { nextRetryDelay: 50 }), done) }),
  },
  'job-failed': { activities: job({ poll: refused }) },
  'job-followed-no-more': { activities: job({ poll: unreadable }) },
  'job-looked-at-later': {
    activities: job({
      submit: async () => ({ [DELAYED_POLL]: { handle: 'job-1', firstLookMs: 1_000 } }),
    }),
  },
  'job-submit-unanswered': {
    change: { idempotent: true, retry },
    activities: job({ submit: inTurn(fail('OUTCOME_UNKNOWN'), done) }),
  },
  'job-submit-retried': {
    change: { retry },
    activities: job({ submit: inTurn(fail('UPSTREAM_UNAVAILABLE'), done) }),
  },
  'job-submit-lost': { activities: job({ submit: fail(ATTEMPT_LOST) }) },
  'job-submit-recovered': {
    change: { idempotent: true },
    activities: job({ submit: inTurn(fail(ATTEMPT_LOST), done) }),
  },
  'job-deadline': {
    change: { policy: { attemptMs: 2_000, totalMs: 2_000 } },
    activities: job({ poll: running }),
  },
  'job-deadline-without-cancel': {
    change: { policy: { attemptMs: 2_000, totalMs: 2_000 } },
    activities: job({ poll: running, cancel: async () => false }),
  },
  'job-cancelled': { activities: job({ poll: running }), cancelAfter: 'ActivityTaskCompleted' },
  'job-cancelled-during-submit': {
    activities: job({ submit: async () => sleep(500, 'job-1') }),
    cancelAfter: 'ActivityTaskScheduled',
  },
  'job-cancelled-after-a-lost-submit': {
    change: { idempotent: true, retry: longPause, policy: { attemptMs: 200 } },
    activities: job({ submit: hang }),
    cancelAfter: 'TimerStarted',
  },
  'job-cancel-refused': {
    activities: job({ poll: running, cancel: refused }),
    cancelAfter: 'ActivityTaskCompleted',
  },
  'job-cancel-retried': {
    activities: job({
      poll: running,
      cancel: inTurn(fail('UPSTREAM_UNAVAILABLE'), async () => true),
    }),
    cancelAfter: 'ActivityTaskCompleted',
  },
  ...FOLLOWED_PATHS,
};

/** Which operation a path runs, and how. */
export function toChange(name: string, { change }: Path): TaskChange {
  return {
    kind:
      (['job', 'workflow', 'activity', 'call', 'batch'] as const).find((kind) =>
        name.startsWith(kind),
      ) ?? 'run',
    idempotencyKey: `local:${name}`,
    parameters: { order: 7 },
    ...change,
  };
}

/** Answers what a task asks, as its path says. */
export async function answerOnPath({ answers = [], change }: Path, task: TestTask): Promise<void> {
  for (const responses of answers) {
    // Questions before the first attempt stand in the memo only where a gateway wrote it.
    if (!change?.asked) {
      await untilAsked(task, (requests) => Object.keys(responses).some((key) => key in requests));
    }
    await task.handle.client.getHandle(task.handle.workflowId).signal(INPUT_SIGNAL, responses);
  }
}

/** Cancels a task when its path says so. */
export async function cancelOnPath({ cancelAfter }: Path, task: TestTask): Promise<void> {
  if (cancelAfter === undefined) return;
  if (cancelAfter === 'WorkflowExecutionContinuedAsNew') await untilAsked(task);
  else await untilEvent(task, cancelAfter);
  // An attempt's start is written only with its end; a moment later it runs.
  if (cancelAfter.startsWith('Activity')) await sleep(200);
  await task.handle.client.getHandle(task.handle.workflowId).cancel();
}
