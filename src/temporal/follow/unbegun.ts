// A workflow that no worker has begun: which queue nobody polls, or what its workers say of it.
import proto from '@temporalio/proto';
import { OperationError } from '../../contract/errors.ts';
import type { Target } from '../../contract/workflow/target.ts';
import { cut } from '../../contract/text.ts';
import { withLimit } from '../calls/call-limit.ts';
import { createWorkerPresence } from '../calls/worker-presence.ts';
import type { OpenPlace } from './places.ts';

const { EventType } = proto.temporal.api.enums.v1;

/** Longest single call, in milliseconds. */
const CALL_MS = 5_000;

/** Events in which a workflow that was begun shows it. */
const FIRST_EVENTS = 20;

/** Ends a workflow of which no worker has begun anything; one that a worker has begun, or that nobody can see, is left alone. */
export async function refuseUnbegun(place: OpenPlace, target: Target): Promise<void> {
  const why = await findWhyUnbegun(place, target).catch(() => null);
  if (why === null) return;
  const { client } = place;
  await withLimit(client.connection, CALL_MS, async () =>
    client.workflow
      .getHandle(target.workflowId, target.runId)
      .terminate('no worker began it within the queue time of its Longhaul task'),
  );
  throw new OperationError(
    'QUEUE_TIMEOUT',
    `${why}; nothing was run, and the workflow ${target.workflowId} was terminated`,
  );
}

/** Why no worker has begun it, in one sentence; `null` when one has. */
export async function findWhyUnbegun(
  { client, namespace }: OpenPlace,
  { workflowId, runId, taskQueue, type }: Target,
): Promise<string | null> {
  const { history } = await withLimit(client.connection, CALL_MS, async () =>
    client.workflowService.getWorkflowExecutionHistory({
      namespace,
      execution: { workflowId, runId },
      maximumPageSize: FIRST_EVENTS,
    }),
  );
  const events = history?.events ?? [];
  const happened = (type: proto.temporal.api.enums.v1.EventType) =>
    events.find(({ eventType }) => eventType === type);
  if (happened(EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED)) return null;
  const failed = happened(EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED);
  const said = failed?.workflowTaskFailedEventAttributes?.failure?.message;
  if (failed) {
    return `no worker of the task queue ${taskQueue} can run ${type}: ${cut(said ?? 'they do not say why', 300, ' …')}; correct the operation, or deploy a worker that can`;
  }
  const isPresent = await createWorkerPresence(client, namespace)({ lane: 'workflow', taskQueue });
  return isPresent === false
    ? `no worker polls the task queue ${taskQueue} in the namespace ${namespace}; start one that has ${type}`
    : `the workers of the task queue ${taskQueue} are too busy to begin ${type}`;
}
