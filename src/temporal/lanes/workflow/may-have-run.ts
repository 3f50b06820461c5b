// Whether an attempt of a task may have run, from the history of a workflow that Temporal ended by itself. Temporal writes the start
// of an attempt only together with its end, so one that was scheduled may have run unless its end says that no worker took it.
import proto, { type temporal } from '@temporalio/proto';

const { TIMEOUT_TYPE_SCHEDULE_TO_START } = proto.temporal.api.enums.v1.TimeoutType;

/** `false` only where nothing can have taken effect. */
export function mayHaveRun(events: readonly temporal.api.history.v1.IHistoryEvent[]): boolean {
  const notTaken = new Set(
    events.flatMap(({ activityTaskTimedOutEventAttributes: end }) =>
      end?.failure?.timeoutFailureInfo?.timeoutType === TIMEOUT_TYPE_SCHEDULE_TO_START
        ? [String(end.scheduledEventId)]
        : [],
    ),
  );
  return events.some(
    ({ eventId, ...event }) =>
      event.startChildWorkflowExecutionInitiatedEventAttributes ?? // an item of a batch
      (event.activityTaskScheduledEventAttributes && !notTaken.has(String(eventId))),
  );
}
