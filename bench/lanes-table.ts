// The same task on every side, as a table.
import type { Lanes } from './scenarios/lanes.ts';
import { latency, table, throughput } from './table.ts';

/** A row for each figure, a column for each side. */
export function toLanesTable({ initiate, initiates, result, results, redis }: Lanes): string {
  const sides = [
    'workflow',
    'activity',
    'rawWorkflow',
    'bareWorkflow',
    'rawActivity',
    'bullmq',
  ] as const;
  type Of<Measured> = Readonly<Partial<Record<(typeof sides)[number], Measured>>>;
  const row = <Measured>(what: string, of: Of<Measured>, show: (measured: Measured) => string) => [
    what,
    ...sides.map((side) => (of[side] === undefined ? '–' : show(of[side]))),
  ];
  const head = [
    'workflow lane',
    'activity lane',
    'raw workflow',
    'the same without a record',
    'raw activity',
  ];
  return table(
    ['an empty task', ...head, `BullMQ${redis === null ? '' : `, ${redis}`}`],
    [
      row('start', initiate, latency),
      row('start to result', result, latency),
      row('starts, 50 callers', initiates, throughput),
      row('starts to results, 50 callers', results, throughput),
    ],
  );
}
