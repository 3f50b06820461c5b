// Waiting for the end of an activity: one call, answered when it ends. Of a short attempt that completed, the answer says all there is to
// know; any other end is described after it.
import type { Client } from '@temporalio/client';
import { withLimit } from '../../calls/call-limit.ts';
import type { Closing, Closings, Run } from '../lane.ts';
import { toShortClosing } from './describe.ts';

/**
 * @param read brings the end of a run that has ended
 * @param isCancelled whether a cancel was requested here, of which a short attempt need not know
 */
export function createPollActivity(
  client: Client,
  namespace: string,
  read: (run: Run) => Promise<Closing>,
  isCancelled: (run: Run) => boolean,
): Closings['poll'] {
  const toClosing = async (run: Run, limitMs: number): Promise<Closing | null> => {
    const { workflowId: activityId, runId } = run;
    const { outcome } = await withLimit(client.connection, limitMs, async () =>
      client.workflowService.pollActivityExecution({ namespace, activityId, runId }),
    );
    if (!outcome) return null; // the server's own limit was over
    const closing = isCancelled(run)
      ? null
      : await toShortClosing(client, outcome, namespace, activityId);
    return closing ?? read(run);
  };
  return async (run, _, limitMs) => ({
    closing: await toClosing(run, limitMs),
    continued: false,
    nextPageToken: null,
  });
}
