// `npm run bench`: measures the gateway against the raw Temporal client, side by side in one run, prints tables and
// writes bench/results/latest.json; a whole run writes docs/benchmarks.md, too. `--quick` takes about a minute; `--only
// calls,lanes` runs some scenarios; `--against 322d3e3` builds that commit and measures what its tasks cost, too; `--lane activity`
// measures everything else in that lane, where operations can be in it.
import { mkdir, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import type { Lane } from '../src/contract/lane.ts';
import { toMeasuredOn, writePage } from '../tools/docs/measured-page.ts';
import { SCENARIOS, type Figures, type Scenario } from './figures.ts';
import { toGoals } from './goals.ts';
import { toPage } from './page.ts';
import { openSetting } from './setting.ts';
import { toReport } from './report.ts';

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    against: { type: 'string' },
    lane: { type: 'string', default: 'workflow' },
  },
});
const lane = toLane(values.lane);
const names = Object.keys(SCENARIOS) as Scenario[];
const chosen = values.only?.split(',') ?? names;
const unknown = chosen.filter((name) => !names.some((known) => known === name));
if (unknown.length > 0) {
  throw new Error(`no scenario ${unknown.join(', ')}; there are ${names.join(', ')}`);
}

const measured: Partial<Record<Scenario, unknown>> = {};
{
  await using setting = await openSetting({ ...values, lane });
  for (const name of names.filter((known) => chosen.includes(known))) {
    process.stderr.write(`Measuring ${name} ...`);
    const startedAt = performance.now();
    measured[name] = await SCENARIOS[name](setting);
    process.stderr.write(` ${Math.round((performance.now() - startedAt) / 1000)} s\n`);
  }
}
const figures = measured as Figures;
const run = {
  ...toMeasuredOn(),
  quick: values.quick,
  lane,
  figures,
  goals: toGoals(figures),
};
const results = new URL('results/', import.meta.url);
await mkdir(results, { recursive: true });
await writeFile(new URL('latest.json', results), `${JSON.stringify(run, null, 2)}\n`);
process.stdout.write(`${toReport(run)}\n`);
const isWhole = !values.quick && values.only === undefined && lane === 'workflow';
if (isWhole) await writePage('benchmarks.md', toPage(run));

function toLane(name: string): Lane {
  if (name === 'workflow' || name === 'activity') return name;
  throw new Error(`no lane ${name}; there are workflow and activity`);
}
