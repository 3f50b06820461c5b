// A run as a page of the documentation.
import type { MeasuredOn } from '../../../tools/docs/measured-page.ts';
import { toSoakClaims } from './soak-claims.ts';
import { FAULTS, KINDS } from './faults.ts';
import type { SoakReport } from './soak.ts';

/** Writes docs/soak.md. */
export function toPage(report: SoakReport, run: MeasuredOn): string {
  const { soak, runs, suffered } = report;
  const count = (holds: (one: (typeof runs)[number]) => boolean) => runs.filter(holds).length;
  const minutes = Math.round(soak.seconds / 60);
  return [
    '<!-- Written by npm run test:soak; do not edit. -->',
    '# What faults cost',
    INTRODUCTION,
    '![Latency, open tasks and memory through the run; each red line is a fault](images/soak.svg)',
    `${runs.length} tasks in ${minutes} minutes by ${soak.agents} agents; ${suffered.length} faults; seed ${soak.seed}.`,
    table(
      ['fault', 'times'],
      FAULTS.map((kind) => [kind, suffered.filter((fault) => fault.kind === kind).length]),
    ),
    table(
      ['tasks', 'all', 'completed', 'cancelled', 'outcome unknown', 'reached the upstream twice'],
      KINDS.map((kind) => [
        kind,
        count((one) => one.kind === kind),
        count((one) => one.kind === kind && one.status === 'completed'),
        count((one) => one.kind === kind && one.code === 'CANCELLED'),
        count((one) => one.kind === kind && one.code === 'OUTCOME_UNKNOWN'),
        count((one) => one.kind === kind && one.arrivals > 1),
      ]),
    ),
    table(
      ['claim', ''],
      toSoakClaims(report).map(({ claim, against }) => [
        claim,
        against.length === 0 ? 'holds' : `broken ${against.length} times`,
      ]),
    ),
    `Run on ${run.at.slice(0, 10)}, ${run.machine}. \`npm run test:soak -- --minutes ${minutes} --seed ${soak.seed}\` draws the same ` +
      'faults and tasks again, and writes this page and the plot.',
  ].join('\n\n');
}

const INTRODUCTION =
  'Two gateways and two workers over one Temporal server, agents that start tasks and follow them without rest, and one fault ' +
  'after the other. The upstream counts what reaches it. A _read_ may be repeated after its worker vanished; a _charge_, and the ' +
  'submission of a _render_, must not: their tasks say `OUTCOME_UNKNOWN` instead. A _confirm_ asks a person first, a _refuse_ fails, ' +
  'a _store_ returns a file, and the end of each charge is told to a receiver that is away now and then. Agents go by the pair, ' +
  'asking or waiting, and by both native faces; of some tasks the start is repeated meanwhile, some are cancelled, and of all the ' +
  'start is repeated when they have ended. What is _quick_ is in the activity lane, the rest are workflows. One gateway and one worker live through the whole run and show what they hold in memory.';

function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  return [head, head.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}
