// Where a workflow or an activity is in the Temporal UI.
import type { Lane } from './lane.ts';

const PLACES = { workflow: ['workflows', 'history'], activity: ['activities', 'details'] } as const;

/** The path of its page, below the address of the UI; it stands in Markdown as it is. */
export function toUiPath(
  namespace: string,
  id: string,
  runId: string,
  lane: Lane = 'workflow',
): string {
  const [list, page] = PLACES[lane];
  const path = ['namespaces', namespace, list, id, runId, page].map(encodeURIComponent).join('/');
  return `/${path.replaceAll(/[()]/g, (one) => (one === '(' ? '%28' : '%29'))}`;
}
