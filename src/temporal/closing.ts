// Waiting for the end of a workflow: one long poll on its close event, shared by all who wait, never a loop of reads.
import type { Client } from '@temporalio/client';
import proto, { type temporal } from '@temporalio/proto';
import type { Outcome } from '../contract/task.ts';
import { toMs } from './execution.ts';
import { isNotFound, toReadError } from './failure.ts';
import { NoAnswerError, withLimit } from './limit.ts';
import { toEnding, toOutcome } from './outcome.ts';

/** How and when a workflow ended. */
export interface Closing {
  readonly outcome: Outcome;
  /** Milliseconds since the epoch. */
  readonly closedAt: number;
}

/** One run of a workflow. */
interface Run {
  readonly workflowId: string;
  readonly runId: string;
}

/** Reads and awaits endings. */
export interface Closings {
  /** How a workflow that has closed ended. */
  read(run: Run): Promise<Closing>;
  /** The same as soon as it closes; `null` when it has not within `limitMs`, or when too many wait already. */
  wait(run: Run, limitMs: number): Promise<Closing | null>;
}

/** Longest single poll, in milliseconds: the server answers an empty page after 20 s, so this is never reached idle. */
const POLL_MS = 30_000;

/** Long polls at once. The server allows 1,200 per namespace; the rest of the fleet needs some. */
const MAX_POLLS = 500;

/** Pause after a poll that failed because Temporal was away, in milliseconds. */
const AWAY_MS = 500;

const { EventType, HistoryEventFilterType } = proto.temporal.api.enums.v1;
const CLOSE_EVENT = HistoryEventFilterType.HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT;

/** Endings of the workflows of one namespace; a read is limited to `limitMs` milliseconds. */
export function createClosings(client: Client, namespace: string, limitMs: number): Closings {
  const polls = new Map<string, Promise<Closing | null>>();

  const history = async (
    run: Run,
    request: Partial<temporal.api.workflowservice.v1.IGetWorkflowExecutionHistoryRequest>,
    limit: number,
  ) =>
    withLimit(client.connection, limit, async () =>
      client.workflowService.getWorkflowExecutionHistory({ namespace, execution: run, ...request }),
    );

  const toClosing = async (
    run: Run,
    event: temporal.api.history.v1.IHistoryEvent,
  ): Promise<Closing> => {
    const attemptStarted = async () => {
      const { history: all } = await history(run, { maximumPageSize: 200 }, limitMs);
      return (all?.events ?? []).some(
        ({ eventType }) => eventType === EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED,
      );
    };
    const ending = await toEnding(event, client.options.loadedDataConverter, attemptStarted);
    return { outcome: toOutcome(ending), closedAt: toMs(event.eventTime) };
  };

  /** Polls until the workflow closes or nobody waits any longer. */
  const poll = async (run: Run, wanted: () => boolean): Promise<Closing | null> => {
    let nextPageToken: Uint8Array | undefined;
    while (wanted()) {
      try {
        const page = await history(
          run,
          {
            waitNewEvent: true,
            historyEventFilterType: CLOSE_EVENT,
            ...(nextPageToken && { nextPageToken }),
          },
          POLL_MS,
        );
        const event = page.history?.events?.[0];
        if (event) return await toClosing(run, event);
        nextPageToken = page.nextPageToken;
      } catch (failure) {
        if (isNotFound(failure)) return null;
        const { code } = toReadError(failure);
        if (code !== 'BACKEND_UNAVAILABLE' && code !== 'RATE_LIMITED') throw toReadError(failure);
        if (!(failure instanceof NoAnswerError)) await sleep(AWAY_MS);
      }
    }
    return null;
  };

  const waiters = new Map<string, number>();
  return {
    read: async (run) => {
      try {
        const { history: closed } = await history(
          run,
          { historyEventFilterType: CLOSE_EVENT },
          limitMs,
        );
        const event = closed?.events?.at(-1);
        if (!event) throw new NoAnswerError('the workflow has no close event');
        return await toClosing(run, event);
      } catch (failure) {
        throw toReadError(failure);
      }
    },
    wait: async (run, waitMs) => {
      if (polls.size >= MAX_POLLS && !polls.has(run.runId)) {
        await sleep(waitMs);
        return null;
      }
      waiters.set(run.runId, (waiters.get(run.runId) ?? 0) + 1);
      const shared =
        polls.get(run.runId) ??
        poll(run, () => waiters.has(run.runId)).finally(() => polls.delete(run.runId));
      polls.set(run.runId, shared);
      const timer = createTimer(waitMs);
      try {
        return await Promise.race([shared, timer.elapsed]);
      } finally {
        timer.clear();
        const left = (waiters.get(run.runId) ?? 1) - 1;
        if (left > 0) waiters.set(run.runId, left);
        else waiters.delete(run.runId);
      }
    },
  };
}

function createTimer(limitMs: number): { readonly elapsed: Promise<null>; clear(): void } {
  let handle: NodeJS.Timeout | undefined;
  const elapsed = new Promise<null>((resolve) => {
    handle = setTimeout(() => {
      resolve(null);
    }, limitMs);
  });
  return {
    elapsed,
    clear: () => {
      clearTimeout(handle);
    },
  };
}

async function sleep(ms: number): Promise<void> {
  await createTimer(ms).elapsed;
}
