// Waiting for the end of a workflow: one long poll, shared by all who wait for it, never a loop of reads. Invariants: a
// poll asks the server for no longer than its longest waiter; a poll that failed is repeated while a waiter is left.
import type { Closing, Closings, Run } from '../lanes/lane.ts';
import { isNotFound, toReadError } from '../calls/failure.ts';
import { NoAnswerError } from '../calls/call-limit.ts';
import { pause } from '../../contract/pause.ts';

export interface LongPolls {
  /**
   * The end of a run, as soon as it ends; `null` when it has not by `until` (milliseconds since the epoch), when the
   * signal aborts, when the run is gone or went on in another, or, after a while, when too many wait already.
   */
  wait(run: Run, until: number, signal?: AbortSignal): Promise<Closing | null>;
}

/** Longest single poll, in milliseconds: the server answers an empty page after 20 s, so this is never reached idle. */
const POLL_MS = 30_000;

/**
 * What a poll gets beyond its waiters' time, in milliseconds. The server answers about a second before a poll's own limit; were
 * that before the last waiter has left, a second poll would be made for the rest.
 */
const SLACK_MS = 1_500;

/** Long polls at once. The server allows 1,200 per namespace; the rest of the fleet needs some. */
const MAX_POLLS = 500;

/** Pause after a poll that failed, in milliseconds; the native client has paused between its own tries already. */
const AWAY_MS = 500;

/** How long a call waits that found too many waiting, before it reads the task itself, in milliseconds. */
const CROWDED_MS = 2_000;

interface Waiter {
  readonly until: number;
}

interface LongPoll {
  readonly waiters: Set<Waiter>;
  readonly ending: Promise<Closing | null>;
}

/** Waits for endings through `closings`; at most `maxPolls` of them at once are polled for. */
export function createLongPolls(closings: Pick<Closings, 'poll'>, maxPolls = MAX_POLLS): LongPolls {
  const open = new Map<string, LongPoll>();

  const join = (run: Run, waiter: Waiter): LongPoll => {
    const known = open.get(run.runId);
    if (known) {
      known.waiters.add(waiter);
      return known;
    }
    const waiters = new Set([waiter]);
    const ending = poll(closings, run, waiters).finally(() => open.delete(run.runId));
    const opened = { waiters, ending };
    open.set(run.runId, opened);
    return opened;
  };

  return {
    wait: async (run, until, signal) => {
      if (signal?.aborted) return null;
      if (open.size >= maxPolls && !open.has(run.runId)) {
        return pause(Math.min(CROWDED_MS, until - Date.now()), signal);
      }
      const waiter = { until };
      const { waiters, ending } = join(run, waiter);
      const over = new AbortController();
      const leave = () => {
        over.abort('over'); // without a reason it would make an error with its stack
      };
      signal?.addEventListener('abort', leave, { once: true });
      try {
        return await Promise.race([ending, pause(until - Date.now(), over.signal)]);
      } finally {
        leave();
        signal?.removeEventListener('abort', leave);
        waiters.delete(waiter);
      }
    },
  };
}

/** Polls until the run closes or no waiter is left. */
async function poll(
  closings: Pick<Closings, 'poll'>,
  run: Run,
  waiters: ReadonlySet<Waiter>,
): Promise<Closing | null> {
  let token: Uint8Array | null = null;
  while (waiters.size > 0) {
    const leftMs = Math.max(...[...waiters].map(({ until }) => until)) - Date.now();
    try {
      const page = await closings.poll(run, token, Math.min(POLL_MS, leftMs + SLACK_MS));
      if (page.closing || page.continued) return page.closing;
      token = page.nextPageToken;
    } catch (failure) {
      const error = toReadError(failure);
      if (isNotFound(failure)) {
        await pause(AWAY_MS);
        return null;
      }
      if (error.code !== 'BACKEND_UNAVAILABLE' && error.code !== 'RATE_LIMITED') throw error;
      if (!(failure instanceof NoAnswerError)) await pause(AWAY_MS);
    }
  }
  return null;
}
