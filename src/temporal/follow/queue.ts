// Whether workers of somebody else poll for what an operation needs of them.
import { OperationError } from '../../contract/errors.ts';
import { withLimit } from '../calls/call-limit.ts';
import { isPolling, QUEUE_TYPES } from '../calls/worker-presence.ts';
import type { OpenPlace } from './places.ts';
import { toRefusal } from './refusal.ts';

/** Longest single call, in milliseconds. */
const CALL_MS = 10_000;

/** How many poll the queue for this kind of work. Rejects where nobody does, and where Temporal does not say. */
export async function countPollers(
  { client, namespace }: OpenPlace,
  kind: keyof typeof QUEUE_TYPES,
  { type, taskQueue }: { readonly type: string; readonly taskQueue: string },
): Promise<number> {
  const { pollers } = await withLimit(client.connection, CALL_MS, async () =>
    client.workflowService.describeTaskQueue({
      namespace,
      taskQueue: { name: taskQueue },
      taskQueueType: QUEUE_TYPES[kind],
    }),
  ).catch((failure: unknown) => {
    throw toRefusal(failure, `say who polls the task queue ${taskQueue}`, namespace);
  });
  const count = pollers.filter(isPolling).length;
  if (count > 0) return count;
  throw new OperationError(
    'QUEUE_TIMEOUT',
    `no worker polls the task queue ${taskQueue} of the namespace ${namespace} for ${kind === 'workflow' ? 'workflows' : 'activities'}; start one that has ${type}`,
  );
}
