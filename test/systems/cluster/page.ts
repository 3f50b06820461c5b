// A run as a page of the documentation.
import { toVerdict, type Claim } from '../claims.ts';
import type { MeasuredOn } from '../../../tools/docs/measured-page.ts';
import { KINDS } from '../kinds.ts';
import { explain } from './explain.ts';
import type { ClusterReport, ClusterRun } from './scenario.ts';

/** Tasks of one kind, by one way, that came out alike. */
export interface Fate {
  readonly count: number;
  readonly text: string;
}

/** A part of the run, and what it shows. */
export interface Phase {
  readonly title: string;
  readonly notes: readonly string[];
  readonly claims: readonly Claim[];
}

/** What became of the tasks, alike ones together. */
export function toFates(runs: readonly ClusterRun[]): readonly Fate[] {
  const counts = new Map<string, number>();
  for (const { kind, way, status, audits, arrivals } of runs) {
    const text = `${kind}, ${way}: ${audits[0]?.error?.code ?? status}, ${arrivals} at the upstream`;
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  return [...counts]
    .map(([text, count]) => ({ count, text }))
    .toSorted((one, other) => (one.text < other.text ? -1 : 1));
}

/** Writes docs/cluster.md. */
export function toPage(
  report: ClusterReport,
  phases: readonly Phase[],
  { at, machine }: MeasuredOn,
): string {
  const { load, runs, suffered, startedAt, endedAt, idle } = report;
  const seconds = Math.round((endedAt - startedAt) / 1000);
  return [
    '<!-- Written by npm run test:cluster; do not edit. -->',
    '# A cluster under fire',
    INTRODUCTION,
    `${runs.length} tasks in ${seconds} seconds, ${load.rate} new ones a second, each of ${load.seconds[0]} to ${load.seconds[1]} ` +
      `seconds; ${suffered.length} faults.`,
    table(
      [
        'fault',
        'at, s',
        'until both gateways were ready, s',
        'calls without an answer',
        'calls refused with the advice to repeat them',
      ],
      suffered.map((fault, index) => {
        const until = suffered[index + 1]?.at ?? Infinity;
        const troubles = runs
          .flatMap((run) => run.troubles)
          .filter((trouble) => trouble.at >= fault.at && trouble.at < until);
        return [
          fault.name,
          Math.round((fault.at - startedAt) / 1000),
          ((fault.until - fault.at) / 1000).toFixed(1),
          troubles.filter(({ what }) => what === 'lost').length,
          troubles.filter(({ what }) => what === 'refused').length,
        ];
      }),
    ),
    'Calls are counted until the next fault. Every one of them was repeated at the other gateway, and answered.',
    table(
      [
        'tasks',
        'all',
        'completed',
        'outcome unknown',
        'out of time',
        'more than once at the upstream',
      ],
      KINDS.map((kind) => toRow(kind, runs)),
    ),
    ...toFailures(report),
    ...phases.flatMap(({ title, notes, claims }) => [
      `## ${title}`,
      ...notes,
      ...(claims.length > 0 ? [table(['claim', ''], claims.map(toClaimRow))] : []),
    ]),
    `Run on ${at.slice(0, 10)}, ${machine}; the processors were idle for ${Math.round(idle * 100)} % of the time. ` +
      `\`npm run test:cluster -- --rate ${load.rate}\` does the same again, with the same tasks and faults in the same order, and ` +
      'writes this page.',
  ].join('\n\n');
}

const INTRODUCTION =
  'PostgreSQL, temporal-server, two gateways and two workers with the settings of `docker-compose.yml`, without containers. One gateway ' +
  'reaches Temporal through a network that can fail; the clock of one worker is five minutes fast, then five minutes slow. Agents ' +
  'start tasks by the control tools and by both kinds of native tasks, and follow them through either gateway. The upstream counts what reaches it. A _read_ may be repeated ' +
  'after its worker vanished; a _charge_, and the submission of a _render_, must not: their tasks say `OUTCOME_UNKNOWN` instead. What is _quick_ is in ' +
  'the activity lane, the rest are workflows. Last, everything is killed at once while fifty tasks of each lane run. At the ' +
  "end every handle is read from both gateways and held against Temporal's own records.";

function toRow(kind: ClusterRun['kind'], all: readonly ClusterRun[]): readonly (string | number)[] {
  const runs = all.filter((run) => run.kind === kind);
  const count = (holds: (run: ClusterRun) => boolean) => runs.filter(holds).length;
  return [
    kind,
    runs.length,
    count(({ status }) => status === 'completed'),
    count(({ code }) => code === 'OUTCOME_UNKNOWN'),
    count(({ code }) => code === 'DEADLINE_EXCEEDED' || code === 'QUEUE_TIMEOUT'),
    count(({ arrivals }) => arrivals > 1),
  ];
}

/** Why each task that was not completed was not. */
function toFailures({ runs, suffered }: ClusterReport): readonly string[] {
  const failed = runs.filter(({ status }) => status !== 'completed');
  if (failed.length === 0) return [];
  return [
    table(
      ['not completed', 'by', 'says', 'at the upstream', 'because'],
      failed.map((run) => [
        run.kind,
        run.way,
        `\`${run.code ?? run.status}\``,
        run.arrivals,
        explain(run, suffered)?.text ?? 'unexplained',
      ]),
    ),
  ];
}

function toClaimRow(told: Claim): readonly string[] {
  const { claim, against, late = [] } = told;
  const verdicts = {
    holds: 'holds',
    late: `late ${late.length} times`,
    BROKEN: `broken ${against.length} times`,
  };
  return [claim, verdicts[toVerdict(told)]];
}

function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  return [head, head.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}
