// What Temporal Cloud counts as an action, in a history and in the table of docs/temporal-operations.md.
import { readFile } from 'node:fs/promises';
import proto, { type temporal } from '@temporalio/proto';

const { EventType } = proto.temporal.api.enums.v1;

const ACTIONS = [
  EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED,
  EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED,
  EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED,
  EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED,
  EventType.EVENT_TYPE_WORKFLOW_PROPERTIES_MODIFIED,
  EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES,
  EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED,
  EventType.EVENT_TYPE_TIMER_STARTED,
  EventType.EVENT_TYPE_MARKER_RECORDED,
  EventType.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED,
];

/** The actions of a history; a try beyond the first of an activity is one, too. */
export function countActions({ events }: temporal.api.history.v1.IHistory): number {
  const counted = (events ?? []).map(({ eventType, activityTaskStartedEventAttributes: begun }) =>
    begun ? (begun.attempt ?? 1) - 1 : ACTIONS.some((action) => action === eventType) ? 1 : 0,
  );
  return counted.reduce<number>((sum, one) => sum + one, 0);
}

/** What the page says that these rows cost of a kind, all their numbers together. */
export async function readCosts(column: string, rows: readonly string[]): Promise<number> {
  const page = await readFile(
    new URL('../../../docs/temporal-operations.md', import.meta.url),
    'utf8',
  );
  const cells = (line: string) => line.split('|').map((cell) => cell.trim());
  const lines = page.split('\n').map(cells);
  const head = lines.find((line) => line.includes('what happens')) ?? [];
  const at = head.indexOf(column);
  const numbers = rows.flatMap((row) => {
    const found = lines.find((line) => line[1] === row);
    if (!found || at < 0) throw new Error(`the table has no ${row} of ${column}`);
    return [...(found[at] ?? '').matchAll(/\d+/g)].map(Number);
  });
  return numbers.reduce((sum, one) => sum + one, 0);
}
