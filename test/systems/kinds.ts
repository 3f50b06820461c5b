// What the tasks of the load, the cluster and the upgrade do, in both lanes.
import type { Lane } from '../../src/contract/lane.ts';

/** The operations, by what may happen to them when their worker is killed: those of the activity lane are `quick_`. */
const KINDS_BY_LANE = {
  workflow: ['read', 'charge', 'render'],
  activity: ['quick_read', 'quick_charge'],
} as const satisfies Readonly<Record<Lane, readonly string[]>>;

export const KINDS = [...KINDS_BY_LANE.workflow, ...KINDS_BY_LANE.activity] as const;
export type Kind = (typeof KINDS)[number];

/** The kind of one of many tasks, of which each lane has half. */
export function toKind(index: number): Kind {
  const kinds = index % 2 === 0 ? KINDS_BY_LANE.workflow : KINDS_BY_LANE.activity;
  return kinds[Math.floor(index / 2) % kinds.length]!;
}

/** The lane of an operation. */
export function toLane(kind: string): Lane {
  return kind.startsWith('quick_') ? 'activity' : 'workflow';
}

/** What an operation does, whatever its lane. */
export function toDeed(kind: string): string {
  return kind.replace(/^quick_/, '');
}
