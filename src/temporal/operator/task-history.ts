// What happened to one task, from Temporal's histories, run after run, or from what it keeps of an activity: an operator's command, which may cost some calls.
import type { Client } from '@temporalio/client';
import {
  decodeArrayFromPayloads,
  decodeOptionalFailureToOptionalError,
} from '@temporalio/common/lib/internal-non-workflow/index.js';
import type { Lane } from '../../contract/lane.ts';
import { parseTaskRef } from '../../contract/task-ref.ts';
import { isDone, type Task } from '../../contract/task.ts';
import {
  createDescribe,
  type Execution,
  type PendingActivity,
} from '../lanes/workflow/execution.ts';
import { toContext } from '../lanes/activity/context.ts';
import { withLimit } from '../calls/call-limit.ts';
import { toReadError } from '../calls/failure.ts';
import { toWorkflowId } from '../calls/identity.ts';
import { toActivitySteps, toEndedBy, type DescribedActivity } from './activity-steps.ts';
import { toActivityName, toSteps, toTime, type Step } from './history-steps.ts';

export interface TaskHistory {
  readonly lane: Lane;
  /** The id of the workflow or the activity. */
  readonly workflowId: string;
  /** The latest run. */
  readonly runId: string;
  readonly steps: readonly Step[];
}

/** How long one call may take, in milliseconds; a long history takes several. */
const CALL_MS = 10_000;

/** Most runs of one task that are read: each question that a task asks begins one. */
const RUNS = 200;

/** Reads what happened to a task that was found. Rejects with an error of the table. */
export async function readTaskHistory(
  client: Client,
  namespace: string,
  principal: string,
  task: Task,
): Promise<TaskHistory> {
  const ref = parseTaskRef(task.taskRef);
  const workflowId = toWorkflowId(principal, ref?.keyPart ?? '');
  if (ref?.lane === 'activity') return readActivity(client, namespace, workflowId, ref.runId, task);
  const steps: Step[] = [];
  let next: string | null = ref?.runId ?? null;
  let runId = next ?? '';
  try {
    for (let run = 0; next !== null && run < RUNS; run += 1) {
      runId = next;
      const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
      steps.push(...(await toSteps(events ?? [], client.options.loadedDataConverter)));
      const last = events?.at(-1)?.workflowExecutionContinuedAsNewEventAttributes;
      next = last?.newExecutionRunId ?? null;
    }
    const execution = await createDescribe(client, namespace, CALL_MS)(workflowId, runId);
    // An operator's reset goes on in a run that the first one does not name, with the beginning of its history.
    if (execution && execution.runId !== runId) {
      runId = execution.runId;
      const known = new Set(steps.map(toKey));
      const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
      const all = await toSteps(events ?? [], client.options.loadedDataConverter);
      const more = all.filter((step) => !known.has(toKey(step)));
      steps.push({ at: more[0]?.at ?? Date.now(), text: 'an operator reset the task' }, ...more);
    }
    steps.push(...(execution ? toNow(execution, Date.now()) : []));
  } catch (failure) {
    throw toReadError(failure);
  }
  return { lane: 'workflow', workflowId, runId, steps: [...steps, ...toEnd(task)] };
}

async function readActivity(
  client: Client,
  namespace: string,
  activityId: string,
  runId: string,
  task: Task,
): Promise<TaskHistory> {
  const converter = client.options.loadedDataConverter;
  const context = toContext(namespace, activityId);
  try {
    const { info, outcome } = await withLimit(client.connection, CALL_MS, async () =>
      client.workflowService.describeActivityExecution({
        ...{ namespace, activityId, runId, includeOutcome: true },
        ...{ includeHeartbeatDetails: true, includeLastFailure: true },
      }),
    );
    const described: DescribedActivity = {
      info: info ?? {},
      failure: await decodeOptionalFailureToOptionalError(converter, info?.lastFailure, context),
      heartbeat: (
        await decodeArrayFromPayloads(converter, info?.heartbeatDetails?.payloads, context)
      )[0],
      endedBy: toEndedBy(info ?? {}, outcome),
    };
    const steps = toActivitySteps(described, Date.now());
    return { lane: 'activity', workflowId: activityId, runId, steps: [...steps, ...toEnd(task)] };
  } catch (failure) {
    throw toReadError(failure);
  }
}

function toKey({ at, text }: Step): string {
  return `${at} ${text}`;
}

/** What the history does not hold yet: an attempt that runs is written together with its end. */
export function toNow({ activity, status }: Execution, now: number): Step[] {
  if (!activity || status !== 'running') return [];
  const { id, attempt, failure } = activity;
  const again = attempt > 1 ? `; time ${attempt}` : '';
  const last = failure ? `; before: ${failure.type}` : '';
  return [{ at: now, text: `${toActivityName(id)} ${toStanding(activity, now)}${again}${last}` }];
}

function toStanding(
  { started, paused, lastChangeAt, dueAt }: PendingActivity,
  now: number,
): string {
  if (paused) return 'is paused in Temporal';
  if (dueAt !== null) return `is due in ${toTime(dueAt - now)}`;
  const since = toTime(now - lastChangeAt);
  return started ? `runs; last sign of life ${since} ago` : `waits for a worker, for ${since}`;
}

function toEnd({ state, updatedAt, createdAt }: Task): Step[] {
  if (!isDone(state)) return [];
  const took = `after ${toTime(updatedAt - createdAt)}`;
  const text =
    state.status === 'completed'
      ? `completed ${took}`
      : `failed ${took}: ${state.error.code}, ${state.error.message}`;
  return [{ at: updatedAt, text }];
}
