// The history of a task as text for people, and the way to it in the Temporal UI.
import type { JsonObject } from '../../contract/json.ts';
import type { Task } from '../../contract/task.ts';
import { toPrintableLine } from '../../contract/text.ts';
import { toUiPath } from '../../contract/ui-path.ts';
import { toInstant } from '../../tasks/answer.ts';
import type { Delivery } from '../../temporal/operator/deliveries.ts';
import type { TaskHistory } from '../../temporal/operator/task-history.ts';

export function toHistoryText(
  { steps }: TaskHistory,
  deliveries: readonly Delivery[],
  links: readonly string[],
): string[] {
  return [
    '',
    ...steps.map(({ at, text }) => `${toInstant(at)}  ${toPrintableLine(text)}`),
    ...deliveries.map(
      ({ receiver, state, attempts, last, lastAt }) =>
        `${toInstant(lastAt)}  callback to ${receiver}: ${state} after ${attempts} ${attempts === 1 ? 'attempt' : 'attempts'} (${toPrintableLine(last)})`,
    ),
    ...(links.length === 0 ? [] : ['', ...links]),
  ];
}

/** The workflow that a task follows, and where it is in the Temporal UI; `null` where it follows none. */
export function toTargetLink(
  uiUrl: string | null,
  own: string,
  { target }: Pick<Task, 'target'>,
): JsonObject | null {
  if (!target) return null;
  const { workflowId, runId, type, taskQueue, profile, namespace = own } = target;
  // The UI of another cluster is not known.
  const isHere = uiUrl !== null && profile === undefined;
  return {
    ...{ type, task_queue: taskQueue, workflow_id: workflowId, run_id: runId, namespace },
    ...(profile !== undefined && { profile }),
    temporal_ui_url: isHere
      ? toTaskLink(uiUrl, namespace, { lane: 'workflow', workflowId, runId })
      : null,
  };
}

export function toTaskLink(
  uiUrl: string,
  namespace: string,
  { workflowId, runId, lane }: Pick<TaskHistory, 'workflowId' | 'runId' | 'lane'>,
): string {
  return `${uiUrl.replace(/\/$/, '')}${toUiPath(namespace, workflowId, runId, lane)}`;
}
