// Whether something has happened to a task that is one activity while its attempt runs. The server tells workers of activities of
// workflows alone, but answers whoever has described an activity when it changes. What has happened, the reply to a heartbeat says.
// Invariant: while the server does not answer that, the attempt beats every `pauseMs` instead.
import type { Context } from '@temporalio/activity';
import proto, { type temporal } from '@temporalio/proto';
import { pause } from '../../src/contract/pause.ts';
import type { Heartbeat } from './heartbeat.ts';

/** Watches over an attempt until disposed of. */
export type Watch = (activity: Context, heart: Pick<Heartbeat, 'beat' | 'beats'>) => Disposable;

/** How soon a cancel reaches an attempt unless the configuration says otherwise, in milliseconds. */
export const CANCEL_MS = 1_000;

/** Longest single call, in milliseconds: the server answers an empty page after 20 s. */
const CALL_MS = 30_000;

/** Calls at once. The server allows a frontend 1,200 descriptions of a namespace, those of gateways among them. */
const MAX_CALLS = 50;

const { PENDING_ACTIVITY_STATE_STARTED: STARTED } =
  proto.temporal.api.enums.v1.PendingActivityState;

/** @param pauseMs how long what happens may stay unnoticed, in milliseconds */
export function createWatch(pauseMs = CANCEL_MS, maxCalls = MAX_CALLS): Watch {
  let calls = 0;
  const look = async (activity: Context, token: Uint8Array | null, signal: AbortSignal) => {
    if (calls >= maxCalls) return null;
    calls += 1;
    try {
      return await describe(activity, token, signal);
    } catch {
      return null;
    } finally {
      calls -= 1;
    }
  };
  const watch = async (...[activity, heart, over]: [...Parameters<Watch>, AbortSignal]) => {
    let token: Uint8Array | null = null;
    const goesOn = async () => pause(pauseMs, over).then(() => !over.aborted);
    // An attempt that ends sooner than the first look costs none.
    for (let known = 0; await goesOn(); known = heart.beats) {
      if (heart.beats > known) continue; // the reply to a beat has said what there was
      const shown = await look(activity, token, over);
      if (shown && !shown.info) continue; // nothing has changed for as long as the server waits
      token = shown?.longPollToken ?? null;
      if (!shown || isDisturbed(shown, activity)) heart.beat();
    }
  };
  return (...watched) => {
    const over = new AbortController();
    void watch(...watched, over.signal);
    return {
      [Symbol.dispose]: () => {
        over.abort('over'); // without a reason it would make an error with its stack
      },
    };
  };
}

type Description = temporal.api.workflowservice.v1.IDescribeActivityExecutionResponse;

function isDisturbed({ info }: Description, { info: { attempt } }: Context): boolean {
  return info?.runState !== STARTED || info.attempt !== attempt;
}

/** How the activity stands; with the token of an earlier answer, as soon as that has changed. */
async function describe(
  { client, info }: Context,
  longPollToken: Uint8Array | null,
  signal: AbortSignal,
): Promise<Description> {
  const { connection, workflowService } = client;
  const { namespace, activityId, activityRunId: runId = null } = info;
  const call = async () =>
    workflowService.describeActivityExecution({ namespace, activityId, runId, longPollToken });
  return connection.withAbortSignal(signal, async () =>
    connection.withDeadline(Date.now() + CALL_MS, call),
  );
}
