// Waiting for the end of an activity. Describe waits, too, and brings the whole end, so that nothing has to be asked for after it; but it
// answers at each heartbeat as well. So it waits for attempts that have not beaten, as those of short tasks; what beats is waited for
// by the call that answers at the end alone, and without the time of it.
import type { Client } from '@temporalio/client';
import { withLimit } from '../../calls/call-limit.ts';
import type { Closing, Closings, Page, Run } from '../lane.ts';
import { isRunning, toClosing } from './describe.ts';

/** The token of a wait for the end alone. */
const FOR_END = new Uint8Array();

/** `read` brings the end of a run that has ended. */
export function createPollActivity(
  client: Client,
  namespace: string,
  read: (run: Run) => Promise<Closing>,
): Closings['poll'] {
  const { connection, workflowService } = client;
  return async (run, token, limitMs) => {
    const { workflowId: activityId, runId } = run;
    const named = { namespace, activityId, runId };
    if (token === FOR_END) {
      const { outcome } = await withLimit(connection, limitMs, async () =>
        workflowService.pollActivityExecution(named),
      );
      return toPage(outcome ? await read(run) : null, FOR_END);
    }
    const description = await withLimit(connection, limitMs, async () =>
      workflowService.describeActivityExecution({
        ...{ ...named, includeOutcome: true, includeHeartbeatDetails: true },
        ...(token && { longPollToken: token }),
      }),
    );
    const { info, longPollToken } = description;
    if (!info) return toPage(null, token); // the server's own limit was over
    if (!isRunning(info)) return toPage(await toClosing(client, description, namespace), null);
    const hasBeaten = Boolean(info.lastHeartbeatTime);
    return toPage(null, hasBeaten || longPollToken.length === 0 ? FOR_END : longPollToken);
  };
}

function toPage(closing: Closing | null, nextPageToken: Uint8Array | null): Page {
  return { closing, continued: false, nextPageToken };
}
