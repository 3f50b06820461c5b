// A run as an SVG: latency, open tasks and memory over time, with a line for each fault.
import { text, toSvg } from '../../../tools/docs/svg.ts';
import type { Sample } from './samples.ts';
import type { SoakReport } from './soak.ts';

const WIDTH = 860;
const LEFT = 64;
const RIGHT = 16;
const PANEL = 130;
const GAP = 46;
const TOP = 56;
const COLOURS = ['#2b7bba', '#d9822b', '#238551'];

interface Panel {
  readonly title: string;
  readonly unit: string;
  readonly lines: readonly {
    readonly name: string;
    readonly of: (sample: Sample) => number | null;
  }[];
}

const PANELS: readonly Panel[] = [
  {
    title: 'Latency of calls that do not wait',
    unit: 'ms',
    lines: [
      { name: 'initiate, p99', of: ({ initiate }) => initiate.p99 },
      { name: 'resolve, p99', of: ({ resolve }) => resolve.p99 },
      { name: 'resolve, median', of: ({ resolve }) => resolve.p50 },
    ],
  },
  {
    title: 'Open tasks',
    unit: '',
    lines: [{ name: 'open', of: ({ open }) => open }],
  },
  {
    title: 'Resident memory of those that live through the run',
    unit: 'MiB',
    lines: [
      { name: 'gateway', of: ({ gateway }) => gateway.residentMiB },
      { name: 'worker', of: ({ worker }) => worker.residentMiB },
    ],
  },
];

/** Draws the plot. */
export function toPlot({ soak, samples, suffered }: SoakReport): string {
  const height = TOP + PANELS.length * (PANEL + GAP);
  const end = Math.max(soak.seconds, samples.at(-1)?.at ?? 0);
  const toX = (seconds: number) => LEFT + (seconds / end) * (WIDTH - LEFT - RIGHT);
  const bottom = height - GAP;
  const drawing = {
    width: WIDTH,
    height,
    label: 'Latency, open tasks and memory through a run with faults',
    title: `${soak.agents} agents, ${suffered.length} faults, seed ${soak.seed}`,
  };
  return toSvg(drawing, [
    ...suffered.map(({ at, kind }) => {
      const x = toX(at).toFixed(1);
      return `<line x1="${x}" x2="${x}" y1="${TOP - 12}" y2="${bottom}" stroke="#d33" stroke-opacity="0.25"><title>${kind}</title></line>`;
    }),
    ...PANELS.flatMap((panel, index) => toPanel(panel, samples, toX, TOP + index * (PANEL + GAP))),
    ...[0, 0.25, 0.5, 0.75, 1].map((share) =>
      text(
        toX(share * end),
        height - GAP + 16,
        toClock(share * end),
        'text-anchor="middle" fill="#666"',
      ),
    ),
  ]);
}

function toPanel(
  { title, unit, lines }: Panel,
  samples: readonly Sample[],
  toX: (seconds: number) => number,
  top: number,
): string[] {
  const values = samples.flatMap((sample) => lines.map((line) => line.of(sample) ?? 0));
  const most = toRound(Math.max(1, ...values));
  const toY = (value: number) => top + PANEL - (value / most) * (PANEL - 18);
  return [
    text(LEFT, top + 4, title, 'font-weight="600"'),
    ...lines.map(({ name }, index) =>
      text(
        WIDTH - RIGHT - (lines.length - index) * 110,
        top + 4,
        name,
        `fill="${COLOURS[index]!}"`,
      ),
    ),
    ...[0, most / 2, most].flatMap((value) => [
      `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${toY(value)}" y2="${toY(value)}" stroke="#e3e5e8"/>`,
      text(LEFT - 6, toY(value) + 4, `${value} ${unit}`.trim(), 'text-anchor="end" fill="#666"'),
    ]),
    ...lines.map(({ of }, index) => {
      const points = samples.flatMap((sample) => {
        const value = of(sample);
        return value === null ? [] : [`${toX(sample.at).toFixed(1)},${toY(value).toFixed(1)}`];
      });
      return `<polyline points="${points.join(' ')}" fill="none" stroke="${COLOURS[index]!}" stroke-width="1.5"/>`;
    }),
  ];
}

/** The next of 1, 2 and 5 times a power of ten. */
function toRound(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((factor) => factor * power).find((round) => round >= value) ?? value;
}

function toClock(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  return `${minutes}:${String(Math.round(seconds) % 60).padStart(2, '0')}`;
}
