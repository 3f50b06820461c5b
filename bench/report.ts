// A run as Markdown: what was measured, the goals, and the figures of other systems beside ours.
import { readFileSync } from 'node:fs';
import type { MeasuredOn } from '../tools/docs/measured-page.ts';
import type { Lane } from '../src/contract/lane.ts';
import type { Figures } from './figures.ts';
import type { Goal } from './goal.ts';
import { toLanesTable } from './lanes-table.ts';
import { round } from './sample.ts';
import type { Spent } from './scenarios/cpu.ts';
import { latency, table, throughput } from './table.ts';

/** One run of the benchmark. */
export interface BenchmarkRun extends MeasuredOn {
  readonly quick: boolean;
  /** The lane of whatever does not compare lanes. */
  readonly lane: Lane;
  readonly figures: Figures;
  readonly goals: readonly Goal[];
}

interface Peers {
  readonly note: string;
  readonly systems: readonly string[];
  readonly rows: readonly { readonly measure: string; readonly values: readonly string[] }[];
}

/** The run as Markdown tables. */
export function toReport({ at, machine, quick, lane, figures, goals }: BenchmarkRun): string {
  return [
    `${at}, ${machine}${quick ? ', quick' : ''}${lane === 'activity' ? ', activity lane' : ''}`,
    ...(figures.lanes ? [toLanesTable(figures.lanes)] : []),
    table(['what', 'gateway', 'raw Temporal client'], toMeasures(figures)),
    table(
      ['goal', 'wanted', 'reached', ''],
      goals.map(({ name, wanted, reached, met }) => [
        name,
        wanted,
        reached,
        met ? 'met' : 'missed',
      ]),
    ),
    toComparison(figures),
  ].join('\n\n');
}

function toMeasures({
  startUp,
  calls,
  cpu,
  cancels,
  memory,
  native,
  answers,
  declared,
  wrapped,
  observed,
  secure,
  overshoot,
  callers,
  ends,
  followed,
  openTasks,
  flood,
}: Figures): string[][] {
  const rows: (readonly [string, string, string?])[] = [];
  if (calls) {
    rows.push(
      ['start, one at a time', latency(calls.initiate), latency(calls.rawStart)],
      ['read, one at a time', latency(calls.resolve), latency(calls.rawDescribe)],
      ['read in the form of the earlier era', latency(calls.legacyResolve)],
    );
  }
  if (cpu) {
    rows.push(
      ['CPU of an empty task, 10 callers, workflow lane', spent(cpu.workflow)],
      ['the same in the activity lane, in the same turns', spent(cpu.activity)],
      ...cpu.earlier.map(
        ({ commit, ...earlier }) =>
          [`the same in a build of ${commit}, in the same turns`, spent(earlier)] as const,
      ),
    );
  }
  if (cancels) {
    rows.push(
      ['cancel of a running attempt, to its end, workflow lane', latency(cancels.workflow)],
      ['the same in the activity lane', latency(cancels.activity)],
    );
  }
  if (memory?.mostMiB) {
    rows.push(
      [
        `most memory of the smallest worker, ${memory.tasks} attempts, 50 at once, workflow lane`,
        `${memory.mostMiB.workflow} MiB`,
      ],
      ['the same in the activity lane', `${memory.mostMiB.activity} MiB`],
    );
  }
  if (native) {
    rows.push(
      ['create, tasks extension', latency(native.create)],
      ['create, tasks of 2025-11-25', latency(native.legacyCreate)],
      ['initiate of the pair, in the same turns', latency(native.initiate)],
      ['tasks/get, tasks extension', latency(native.get)],
      ['tasks/get, tasks of 2025-11-25', latency(native.legacyGet)],
      ['resolve of the pair, in the same turns', latency(native.resolve)],
      ['typed call of an empty operation', latency(native.inline)],
      ['the same by initiate with wait_seconds', latency(native.waiting)],
      [`tools/list with 500 operations, ${native.listTokens} tokens`, latency(native.list)],
    );
  }
  if (answers) {
    rows.push(
      ['read of a finished task, 240 bytes', latency(answers.short)],
      ['the same without an answer budget, in the same turns', latency(answers.plainShort)],
      ['read of a finished task, 12 KB', latency(answers.full)],
      ['the same without an answer budget, in the same turns', latency(answers.plainFull)],
      ['read of a finished task, 200 KB, previewed', latency(answers.large)],
      ['the same without an answer budget, in the same turns', latency(answers.plainLarge)],
    );
  }
  if (declared) {
    rows.push(
      ['CPU of a declared poll', `${declared.declaredMs} ms`],
      ['CPU of the same request with undici alone, in the same turns', `${declared.undiciMs} ms`],
      [
        `heap after ${declared.polls / 10} and ${declared.polls} polls of ${declared.jobs} jobs`,
        `${declared.earlyMiB} and ${declared.lateMiB} MiB`,
      ],
    );
  }
  if (wrapped) {
    rows.push(
      ['empty operation, by the tool of its name', latency(wrapped.workflow.empty)],
      ['wrapped tool of 0 ms, in the same turns', latency(wrapped.workflow.wrapped)],
      ['empty operation in the activity lane', latency(wrapped.activity.empty)],
      ['wrapped tool of 0 ms, in the same turns', latency(wrapped.activity.wrapped)],
      ['the same of its server, over a pipe, in the same turns', latency(wrapped.activity.direct)],
      ['tools/list with 500 wrapped tools', latency(wrapped.list)],
      [
        `${wrapped.together.calls} wrapped calls of 500 ms at once, on one process`,
        latency(wrapped.together.wrapped),
      ],
      ['as many of an operation, in the same turns', latency(wrapped.together.own)],
    );
  }
  if (secure) {
    rows.push(
      ['start, plain', latency(secure.plainInitiate)],
      ['start, with a JWT and encryption, in the same turns', latency(secure.initiate)],
      ['read, plain', latency(secure.plainResolve)],
      ['read, with a JWT and encryption, in the same turns', latency(secure.resolve)],
    );
  }
  if (observed) {
    rows.push(
      ['start, plain, in the same turns', latency(observed.initiate)],
      ['start, with metrics and traces', latency(observed.observedInitiate)],
      ['read, plain, in the same turns', latency(observed.resolve)],
      ['read, with metrics and traces', latency(observed.observedResolve)],
    );
  }
  if (callers) {
    rows.push(
      ['reads, 50 callers', throughput(callers.resolve), throughput(callers.rawDescribe)],
      ...callers.earlier.map(
        ({ commit, ...earlier }) =>
          [`the same in a build of ${commit}, in the same turns`, throughput(earlier)] as const,
      ),
    );
  }
  if (overshoot) {
    const { polling, waiting } = overshoot;
    rows.push(
      ['10 s task, by poll_after_ms', `${polling.overshootMs} ms late, ${polling.calls} calls`],
      ['10 s task, by wait_seconds', `${waiting.overshootMs} ms late, ${waiting.calls} call`],
    );
  }
  if (ends) {
    const { alone, among } = ends;
    rows.push(
      ['end of an operation, to the answer of a read that waits', latency(alone.plain)],
      ['end of a workflow of others, in the same turns', latency(alone.followed)],
      [
        `end of an operation, while ${among.others} workflows of others are followed`,
        latency(among.plain),
      ],
      ['end of a workflow of others, in the same turns', latency(among.followed)],
    );
  }
  if (followed) {
    rows.push(
      ['start of a plain operation', latency(followed.initiate)],
      ['start of a workflow of others, in the same turns', latency(followed.followedInitiate)],
      ...followed.looks.map(
        (look) =>
          [
            `worker that follows ${look.followed}`,
            `${look.residentMiB} MiB, ${look.keptMiB} once garbage is collected, ${look.slots} slots`,
          ] as const,
      ),
      ['calls for each that is followed', `${followed.callsPerMinute} a minute`],
    );
  }
  if (openTasks) {
    for (const { open, residentMiB, initiate, resolve } of [openTasks.few, openTasks.many]) {
      rows.push([
        `gateway with ${open} open ${open === 1 ? 'task' : 'tasks'}`,
        `${residentMiB} MiB, start ${latency(initiate)}, read ${latency(resolve)}`,
      ]);
    }
  }
  if (flood) {
    for (const [when, look] of [
      ['alone', flood.quiet],
      [`while another starts ${flood.tasks} tasks`, flood.rising],
      ['while they wait for their turn', flood.flooded],
    ] as const) {
      rows.push(
        [`start of a tenant ${when}`, latency(look.initiate)],
        [`task of one second to result, ${when}`, latency(look.initiateToResult)],
      );
    }
  }
  if (startUp) {
    rows.push(
      ['first start, empty data directory', `${startUp.firstMs} ms`],
      ['second start', `${startUp.secondMs} ms`],
    );
  }
  return rows.map(([what, gateway, raw = '–']) => [what, gateway, raw]);
}

function toComparison({ calls, lanes, overshoot }: Figures): string {
  const path = new URL('peers.json', import.meta.url);
  const { note, systems, rows } = JSON.parse(readFileSync(path, 'utf8')) as Peers;
  const ours = [
    calls && `${round(calls.initiate.p50)} / ${round(calls.initiate.p99)}`,
    lanes && `${lanes.initiates.workflow.perSecond} (${round(lanes.initiates.workflow.p99)})`,
    lanes && `${round(lanes.result.workflow.p50)} ms`,
    overshoot &&
      `${(overshoot.polling.overshootMs / 1000).toFixed(2)} s, ${overshoot.polling.calls}`,
    overshoot && `${overshoot.waiting.overshootMs} ms, ${overshoot.waiting.calls}`,
  ];
  const body = rows.map(({ measure, values }, index) => [measure, ours[index] ?? '–', ...values]);
  return `${table(['', 'Longhaul, this run', ...systems], body)}\n\n${note}`;
}

function spent({ workerMs, gatewayMs, serverMs }: Spent): string {
  return `worker ${workerMs} ms, gateway ${gatewayMs} ms, Temporal ${serverMs} ms`;
}
