// The end of a workflow, from the event that closed it: read where it has closed, awaited with a long poll where not.
import type { Client } from '@temporalio/client';
import proto, { type temporal } from '@temporalio/proto';
import { toMs } from '../../calls/timestamp.ts';
import { toReadError } from '../../calls/failure.ts';
import { NoAnswerError, withLimit } from '../../calls/call-limit.ts';
import type { Closing, Closings, Run } from '../lane.ts';
import { withReason } from '../reason.ts';
import { findCancelReason } from './cancel-reason.ts';
import { mayHaveRun } from './may-have-run.ts';
import { toCancelRequested, toEnding, toOutcome, type Unfinished } from '../outcome.ts';
import { createShare } from '../../../tasks/share.ts';

const { EventType, HistoryEventFilterType } = proto.temporal.api.enums.v1;
const CLOSE_EVENT = HistoryEventFilterType.HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT;

/** Events at the end of a history among which the request to cancel is: a batch has several for each item that it stops. */
const LAST_EVENTS = 1_000;

type Request = Partial<temporal.api.workflowservice.v1.IGetWorkflowExecutionHistoryRequest>;
type HistoryEvent = temporal.api.history.v1.IHistoryEvent;

/** Endings of the workflows of one namespace; a read is limited to `readMs` milliseconds. */
export function createClosings(client: Client, namespace: string, readMs: number): Closings {
  const history = async (run: Run, limitMs: number, request: Request) => {
    const execution = { workflowId: run.workflowId, runId: run.runId };
    return withLimit(client.connection, limitMs, async () =>
      client.workflowService.getWorkflowExecutionHistory({ namespace, execution, ...request }),
    );
  };

  const readReason = async ({ workflowId, runId }: Run): Promise<string | null> => {
    const execution = { workflowId, runId };
    const { history: last } = await withLimit(client.connection, readMs, async () =>
      client.workflowService.getWorkflowExecutionHistoryReverse({
        namespace,
        execution,
        maximumPageSize: LAST_EVENTS,
      }),
    );
    return findCancelReason(last?.events ?? []);
  };

  const toClosing = async (run: Run, event: HistoryEvent): Promise<Closing> => {
    const unfinished = async (): Promise<Unfinished> => {
      const { history: all } = await history(run, readMs, { maximumPageSize: 200 });
      const happened = (type: temporal.api.enums.v1.EventType) =>
        all?.events?.some(({ eventType }) => eventType === type) ?? false;
      return {
        attemptStarted: mayHaveRun(all?.events ?? []),
        cancelRequested: happened(EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED),
      };
    };
    const ending = await toEnding(event, client.options.loadedDataConverter, unfinished, {
      type: 'workflow',
      namespace,
      workflowId: run.workflowId,
    });
    const outcome = toOutcome(ending);
    const isCancelled = outcome.status === 'failed' && outcome.error.code === 'CANCELLED';
    return {
      outcome: isCancelled ? withReason(outcome, await readReason(run)) : outcome,
      closedAt: toMs(event.eventTime),
      cancelRequested: toCancelRequested(ending),
    };
  };

  const read = async (run: Run): Promise<Closing> => {
    try {
      const page = await history(run, readMs, { historyEventFilterType: CLOSE_EVENT });
      const event = page.history?.events?.at(-1);
      // A run that went on in another closes, too: the next read finds the other.
      if (!event || event.workflowExecutionContinuedAsNewEventAttributes) {
        throw new NoAnswerError('the workflow has no end yet');
      }
      return await toClosing(run, event);
    } catch (failure) {
      throw toReadError(failure);
    }
  };

  const share = createShare<Closing>();
  return {
    read: async (run) => share(run.runId, async () => read(run)),
    poll: async (run, token, limitMs) => {
      const page = await history(run, limitMs, {
        waitNewEvent: true,
        historyEventFilterType: CLOSE_EVENT,
        ...(token && { nextPageToken: token }),
      });
      const event = page.history?.events?.[0];
      const nextPageToken = page.nextPageToken.length > 0 ? page.nextPageToken : null;
      const continued = Boolean(event?.workflowExecutionContinuedAsNewEventAttributes);
      const closing = event && !continued ? await toClosing(run, event) : null;
      return { closing, continued, nextPageToken };
    },
  };
}
