// The history of a task as text for people, and the way to it in the Temporal UI.
import { toPrintableLine } from '../../contract/text.ts';
import { toInstant } from '../../tasks/answer.ts';
import type { Delivery } from '../../temporal/operator/deliveries.ts';
import type { TaskHistory } from '../../temporal/operator/task-history.ts';

export function toHistoryText(
  { steps }: TaskHistory,
  deliveries: readonly Delivery[],
  link: string | null,
): string[] {
  return [
    '',
    ...steps.map(({ at, text }) => `${toInstant(at)}  ${toPrintableLine(text)}`),
    ...deliveries.map(
      ({ receiver, state, attempts, last, lastAt }) =>
        `${toInstant(lastAt)}  callback to ${receiver}: ${state} after ${attempts} ${attempts === 1 ? 'attempt' : 'attempts'} (${toPrintableLine(last)})`,
    ),
    ...(link === null ? [] : ['', link]),
  ];
}

/** Where the task is in the Temporal UI. */
export function toTaskLink(
  uiUrl: string,
  namespace: string,
  { workflowId, runId }: Pick<TaskHistory, 'workflowId' | 'runId'>,
): string {
  const path = ['namespaces', namespace, 'workflows', workflowId, runId, 'history'];
  return `${uiUrl.replace(/\/$/, '')}/${path.map(encodeURIComponent).join('/')}`;
}
