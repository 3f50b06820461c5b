// The steps of a task for people: what happened, when, and why, from the events of Temporal's history. Invariant: they show
// codes, reasons and times, never parameters, results or answers.
import type { LoadedDataConverter } from '@temporalio/common';
import { ApplicationFailure, CancelledFailure, TimeoutFailure } from '@temporalio/common';
import {
  decodeArrayFromPayloads,
  decodeMapFromPayloads,
  decodeOptionalFailureToOptionalError,
} from '@temporalio/common/lib/internal-non-workflow/index.js';
import type { temporal } from '@temporalio/proto';
import { CALLBACK_SIGNAL } from '../../contract/workflow/received-callback.ts';
import { INPUT_REQUIRED, INPUT_SIGNAL } from '../../contract/input.ts';
import { isJsonObject } from '../../contract/json.ts';
import {
  ATTEMPT_LOST,
  ATTEMPT_PUT_OFF,
  JOB_RUNNING,
  UNKNOWN_TO_WORKER,
} from '../../contract/workflow/task-input.ts';
import { toMs } from '../calls/timestamp.ts';
import { parseActivityId, type ActivityKind } from '../../contract/workflow/activity-id.ts';
import { parseInputMemo } from '../../contract/workflow/memo.ts';

export interface Step {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** One sentence. */
  readonly text: string;
}

export type HistoryEvent = temporal.api.history.v1.IHistoryEvent;

export async function toSteps(
  events: readonly HistoryEvent[],
  converter: LoadedDataConverter,
): Promise<Step[]> {
  const steps: Step[] = [];
  const activities = new Map<string, { readonly name: string; readonly at: number }>();
  let asks = false;
  let retries = false;

  for (const event of events) {
    const at = toMs(event.eventTime);
    const add = (text: string) => steps.push({ at, text });
    const ended = (of: { scheduledEventId?: unknown; startedEventId?: unknown }) =>
      activities.get(String(of.scheduledEventId)) ?? { name: 'an activity', at };

    const begun = event.workflowExecutionStartedEventAttributes;
    if (begun) {
      const memo = (await decodeMapFromPayloads(converter, begun.memo?.fields)) ?? {};
      const keys = Object.keys(parseInputMemo(memo)?.requests ?? {});
      asks = keys.length > 0;
      if (!begun.continuedExecutionRunId) add('accepted');
      if (asks) add(`asks ${keys.join(', ')}; its time stands still`);
    }
    const scheduled = event.activityTaskScheduledEventAttributes;
    if (scheduled) {
      const name = toActivityName(scheduled.activityId ?? '');
      activities.set(String(event.eventId), { name, at });
      retries = false;
      add(`${name} waits for a worker`);
    }
    const begin = event.activityTaskStartedEventAttributes;
    if (begin) {
      const { name, at: since } = ended(begin);
      const again = (begin.attempt ?? 1) > 1 ? `, poll ${begin.attempt}` : '';
      add(
        `${name} runs on ${begin.identity ?? 'a worker'} after ${toTime(at - since)} in the queue${again}`,
      );
    }
    const completed = event.activityTaskCompletedEventAttributes;
    if (completed) add(`${ended(completed).name} brought a result`);
    const failed =
      event.activityTaskFailedEventAttributes ?? event.activityTaskTimedOutEventAttributes;
    if (failed) {
      retries = true;
      const failure = await decodeOptionalFailureToOptionalError(converter, failed.failure);
      add(`${ended(failed).name} ${toReason(failure)}`);
    }
    const cancelled = event.activityTaskCanceledEventAttributes;
    if (cancelled) add(`${ended(cancelled).name} was cancelled`);
    const timer = event.timerStartedEventAttributes;
    if (timer) {
      const time = toTime(toMs(timer.startToFireTimeout));
      if (asks) add(`waits up to ${time} for an answer`);
      else add(retries ? `waits ${time} before the next attempt` : `waits up to ${time}`);
    }
    const signal = event.workflowExecutionSignaledEventAttributes;
    if (signal?.signalName === INPUT_SIGNAL) {
      const [answers] = await decodeArrayFromPayloads(converter, signal.input?.payloads);
      add(`an answer came: ${toAnswered(answers)}`);
    }
    if (signal?.signalName === CALLBACK_SIGNAL) add('the upstream called back');
    const cancel = event.workflowExecutionCancelRequestedEventAttributes;
    if (cancel) add(`a cancel was requested${cancel.cause ? `: ${cancel.cause}` : ''}`);
    const trouble = event.workflowTaskFailedEventAttributes;
    if (trouble) add(`a worker could not go on: ${trouble.failure?.message ?? 'no reason given'}`);
    const silent = event.workflowTaskTimedOutEventAttributes;
    if (silent) add('a worker fell silent; another takes over');
  }
  return steps;
}

const ACTIVITIES: Readonly<Partial<Record<ActivityKind, string>>> = {
  poll: 'the poll of the job',
  callback: 'the look into a callback',
  cancel: "the job's cancel",
  hold: 'the poll of what waits for an answer',
  follow: 'following the workflow',
  check: 'the check of the result',
  stop: 'ending the workflow',
};

/** `attempt-2`, `poll-1`, `cancel-1`, as people call them. */
export function toActivityName(activityId: string): string {
  const { kind, attempt } = parseActivityId(activityId);
  if (kind === 'attempt') return `attempt ${attempt}`;
  return (kind && ACTIVITIES[kind]) ?? activityId;
}

const TIMEOUTS: Readonly<Record<string, string>> = {
  SCHEDULE_TO_START: 'found no worker in time: QUEUE_TIMEOUT',
  START_TO_CLOSE: 'took longer than it may: ATTEMPT_TIMEOUT',
  SCHEDULE_TO_CLOSE: "was ended by the task's total time: DEADLINE_EXCEEDED",
};

const SILENT = 'fell silent: its worker was lost, and with it what became of the attempt';

/** How an attempt ended, to be read after its name. */
export function toReason(failure: Error | undefined): string {
  if (failure instanceof CancelledFailure) return 'was cancelled';
  if (failure instanceof TimeoutFailure) {
    return TIMEOUTS[failure.timeoutType ?? ''] ?? SILENT;
  }
  if (!(failure instanceof ApplicationFailure)) return `failed: ${failure?.message ?? 'no reason'}`;
  const { type, message } = failure;
  if (type === INPUT_REQUIRED) return 'ended with a question';
  return `${ENDS[type ?? ''] ?? `failed: ${type ?? 'INTERNAL'}, `}${message}`;
}

/** What stands before the message of a failure that is none of the operation. */
const ENDS: Readonly<Record<string, string>> = {
  [ATTEMPT_LOST]: 'was given up: ',
  [ATTEMPT_PUT_OFF]: 'was put off, nothing was run: ',
  [UNKNOWN_TO_WORKER]: 'came to a worker that does not know the operation: ',
  [JOB_RUNNING]: 'found the job running: ',
};

function toAnswered(answers: unknown): string {
  if (!isJsonObject(answers)) return 'in no form that is known';
  const named = Object.entries(answers).map(([key, answer]) => {
    const action = isJsonObject(answer) ? answer['action'] : null;
    return typeof action === 'string' ? `${key} (${action})` : key;
  });
  return named.join(', ');
}

export function toTime(ms: number): string {
  if (ms < 1_000) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < 120_000) return `${(ms / 1000).toFixed(1)} s`;
  return ms < 7_200_000 ? `${Math.round(ms / 60_000)} min` : `${(ms / 3_600_000).toFixed(1)} h`;
}
