// The courses as an SVG: a bar for the time until the agent knows, hatched where it knows nothing, and beside it what that cost.
import { text, toSvg } from '../../tools/docs/svg.ts';
import { SCENARIOS, type Scenario } from './scenarios.ts';
import { WAYS, type Course, type Way } from './ways.ts';

const COLOURS: Readonly<Record<Way, string>> = {
  blocking: '#8a8f98',
  polling: '#d9822b',
  waiting: '#2b7bba',
  client: '#238551',
  native: '#7a5bb5',
};

const WIDTH = 860;
const LEFT = 170;
const SCALE = 4.6; // pixels a second
const BAR = 15;
const GAP = 16;
const TOP = 64;

/** Draws the plot. */
export function toPlot(courses: readonly Course[]): string {
  const scenarios = Object.keys(SCENARIOS) as Scenario[];
  const ways = Object.keys(WAYS) as Way[];
  const groupHeight = ways.length * BAR + GAP;
  const height = TOP + scenarios.length * groupHeight + 30;
  const bottom = height - 30;
  const longest = Math.ceil(Math.max(...courses.map(({ endMs }) => endMs)) / 15_000) * 15;
  const ticks = Array.from({ length: longest / 15 + 1 }, (_, index) => index * 15);
  const drawing = {
    width: WIDTH,
    height,
    label: 'Time until the agent knows, by scenario and way',
    title: 'Time until the agent knows, in seconds',
  };
  return toSvg(drawing, [
    '<defs><pattern id="lost" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="6" height="6" fill="#fff"/><rect width="2.5" height="6" fill="#8a8f98"/></pattern></defs>',
    ...toLegend(ways),
    ...ticks.flatMap((seconds) => [
      `<line x1="${LEFT + seconds * SCALE}" x2="${LEFT + seconds * SCALE}" y1="${TOP - 6}" y2="${bottom}" stroke="#e3e5e8"/>`,
      text(
        LEFT + seconds * SCALE,
        bottom + 14,
        String(seconds),
        'text-anchor="middle" fill="#666"',
      ),
    ]),
    ...scenarios.flatMap((scenario, index) => {
      const y = TOP + index * groupHeight;
      return [
        text(LEFT - 10, y + (ways.length * BAR) / 2 + 2, SCENARIOS[scenario], 'text-anchor="end"'),
        ...ways.flatMap((way, row) => {
          const course = courses.find((one) => one.scenario === scenario && one.way === way);
          return course ? toBar(course, y + row * BAR) : [];
        }),
      ];
    }),
  ]);
}

/** Beside each other, each as wide as its words. */
function toLegend(ways: readonly Way[]): string[] {
  let x = 16;
  return ways.flatMap((way) => {
    const at = x;
    x += 38 + WAYS[way].length * 5.4;
    return [
      `<rect x="${at.toFixed(1)}" y="34" width="11" height="11" fill="${COLOURS[way]}"/>`,
      text(at + 16, 44, WAYS[way]),
    ];
  });
}

function toBar({ way, endMs, end, modelCalls, tokensRead }: Course, y: number): string[] {
  const seconds = endMs / 1000;
  const width = Math.max(1, seconds * SCALE).toFixed(1);
  const isLost = end === 'timeout of the client';
  const calls = `${modelCalls} ${modelCalls === 1 ? 'call' : 'calls'}, ${tokensRead} tokens read`;
  const known = isLost ? 'client gave up, nothing left' : calls;
  return [
    `<rect x="${LEFT}" y="${y}" width="${width}" height="${BAR - 3}" fill="${isLost ? 'url(#lost)' : COLOURS[way]}"/>`,
    text(LEFT + Number(width) + 6, y + 10, `${seconds.toFixed(1)} s · ${known}`, 'fill="#333"'),
  ];
}
