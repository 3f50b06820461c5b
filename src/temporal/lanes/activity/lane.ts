// Tasks that are standalone activities: each attempt is one of the activity's, and the worker that runs it decides whether another follows.
import { LRUCache } from 'lru-cache';
import { OperationError } from '../../../contract/errors.ts';
import { hasStatus, toReadError } from '../../calls/failure.ts';
import { NoAnswerError, withLimit } from '../../calls/call-limit.ts';
import { createShare } from '../../../tasks/share.ts';
import type { Closing, Lane, Run } from '../lane.ts';
import { createDescribeActivity } from './describe.ts';
import { createPollActivity } from './poll.ts';
import { startActivity, type StartActivityOptions } from './start.ts';

export interface ActivityLaneOptions extends StartActivityOptions {
  /** How long a read may take, in milliseconds. */
  readonly readMs: number;
}

/** Cancels that are remembered until the end is known: of so many runs. */
const CANCELS = 5_000;

export function createActivityLane(options: ActivityLaneOptions): Lane {
  const { client, namespace, readMs } = options;
  const describe = createDescribeActivity(client, namespace, readMs);
  const read = async ({ workflowId, runId }: Run): Promise<Closing> => {
    const standing = await describe(workflowId);
    if (standing?.runId !== runId) throw gone();
    if (standing.closing === null || standing.closing === 'apart') {
      throw toReadError(new NoAnswerError('the activity has no end yet'));
    }
    return standing.closing;
  };
  const share = createShare<Closing>();
  const cancelled = new LRUCache<string, true>({ max: CANCELS });
  const readShared = async (run: Run) => share(run.runId, async () => read(run));
  return {
    name: 'activity',
    start: async (plan, parameters) => startActivity(options, plan, parameters),
    isTaken: (failure) => hasStatus(failure, 'ALREADY_EXISTS'),
    describe,
    closings: {
      read: readShared,
      poll: createPollActivity(client, namespace, readShared, ({ runId }) => cancelled.has(runId)),
    },
    requestCancel: async ({ workflowId, runId }, taskRef, reason) => {
      cancelled.set(runId, true);
      try {
        await withLimit(client.connection, readMs, async () =>
          client.workflowService.requestCancelActivityExecution({
            ...{ namespace, activityId: workflowId, runId, reason },
            identity: client.options.identity,
            requestId: `cancel ${taskRef}`, // repeating a cancel changes nothing
          }),
        );
      } catch (failure) {
        if (!hasStatus(failure, 'FAILED_PRECONDITION')) throw failure; // it ended in between
      }
    },
  };
}

function gone(): OperationError {
  return new OperationError('TASK_NOT_FOUND', 'the task is no longer kept');
}
