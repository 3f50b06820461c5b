// What one worker holds, an open call or a task in a process of its own, is taken up there. Where that worker is gone, any other
// takes it up, and says what it finds.
import {
  ActivityFailure,
  patched,
  TimeoutFailure,
  type ActivityOptions,
} from '@temporalio/workflow';
import { toActivityId, toStepType } from '../../src/contract/workflow/activity-id.ts';
import { HOLDER_MS } from '../../src/contract/workflow/call.ts';
import type { Json } from '../../src/contract/json.ts';
import type { AttemptInput } from '../../src/contract/workflow/task-input.ts';
import { callActivity, callToStop, toAttemptInput } from './activity.ts';
import type { Task } from './task.ts';

/** @param call schedules the activity, on the queue of the holder where the options name it */
export function callHolder(holder: string | undefined, call: CallThere): Promise<Json> {
  return holder === undefined ? call({}) : callThere(holder, call);
}

type CallThere = (
  options: Pick<ActivityOptions, 'taskQueue' | 'scheduleToStartTimeout'>,
) => Promise<Json>;

async function callThere(holder: string, call: CallThere): Promise<Json> {
  try {
    return await call({ taskQueue: holder, scheduleToStartTimeout: HOLDER_MS });
  } catch (failure) {
    if (!isGone(failure)) throw failure;
  }
  return call({});
}

/** Marks tasks that poll what waits for an answer; earlier tasks replay without. */
const HOLD_PATCH = 'polls-holder';

/** Marks tasks that ask another server about its task that waits for an answer; earlier tasks replay without. */
const WATCH_PATCH = 'watches-asking-task';

/**
 * Waits until everything is answered, or what asked has ended by itself, with its worker or without: what comes next then brings what it
 * came to. A call is ended where the wait fails.
 */
export async function awaitAnswers(task: Task, holder: string | undefined): Promise<void> {
  const { questions, input } = task;
  const followed = input.kind === 'call' ? input.before?.followed : undefined;
  if (followed && patched(WATCH_PATCH)) {
    const watch = toPolls(task, 'watch', holder);
    return questions.awaitAnswers(async () => untilReleased(watch));
  }
  if (holder === undefined || !patched(HOLD_PATCH)) return questions.awaitAnswers();
  const hold = toPolls(task, 'hold', holder);
  try {
    await questions.awaitAnswers(async () => untilReleased(hold));
  } catch (failure) {
    const queue = { taskQueue: holder, scheduleToStartTimeout: HOLDER_MS };
    // A task that is followed is cancelled by who follows it.
    if (!followed) {
      await callToStop(task, 'cancel', hold.held, 'end the call that asks', queue).catch(
        () => undefined,
      );
    }
    throw failure;
  }
}

/** What is polled, and where. */
interface Polls {
  readonly type: string;
  readonly held: AttemptInput;
  /** The queue of the worker that alone can say it; absent where every worker can. */
  readonly holder: string | undefined;
}

/** A call is held by its worker; a task of another server is watched there, and the parameters are what it has asked. */
function toPolls({ input }: Task, step: 'hold' | 'watch', holder: string | undefined): Polls {
  const { attempt = 1, followed } = input.before ?? {};
  const { requests = {}, keys = {} } = input.asked ?? {};
  const common = { ...toAttemptInput(input, attempt, {}), parameters: null };
  const watched = {
    parameters: Object.keys(requests).map((key) => keys[key] ?? key),
    handle: followed?.handle ?? null,
  };
  return {
    type: toStepType(input.operation, step),
    held: step === 'hold' ? common : { ...common, ...watched },
    holder,
  };
}

/** Pauses between polls, which leave nothing in the history: they grow with the wait, so that one of a day costs little. */
const POLLS = { initialInterval: 2_000, backoffCoefficient: 1.5, maximumInterval: 60_000 };

/** Longest that a server may take to say how its task does, in milliseconds. */
const WATCH_MS = 40_000;

async function untilReleased({ type, held, holder }: Polls): Promise<void> {
  const queue = holder !== undefined && { taskQueue: holder, scheduleToStartTimeout: HOLDER_MS };
  for (;;) {
    const since = Date.now();
    try {
      await callActivity(type, [held], {
        activityId: toActivityId('hold', held.attempt),
        summary: 'poll what waits for an answer',
        ...queue,
        startToCloseTimeout: held.handle === undefined ? HOLDER_MS : WATCH_MS,
        retry: POLLS,
      });
      return;
    } catch (failure) {
      if (!isGone(failure)) throw failure;
    }
    // Where Temporal itself stood still, the worker has not: only polls that nobody takes from the first one on say that it is gone.
    if (Date.now() - since < 2 * HOLDER_MS) return;
  }
}

function isGone(failure: unknown): boolean {
  const cause = failure instanceof ActivityFailure ? failure.cause : failure;
  return cause instanceof TimeoutFailure && cause.timeoutType === 'SCHEDULE_TO_START';
}
