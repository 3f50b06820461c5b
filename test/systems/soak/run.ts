// `npm run test:soak`: faults at random for half an hour, or for `--minutes`; prints what happened, writes docs/soak.md and its
// plot, and ends with exit 1 where a claim does not hold. `--seed` repeats a run.
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { toMeasuredOn, writePage } from '../../../tools/docs/measured-page.ts';
import { printClaims } from '../claims.ts';
import { drawSeed } from '../../support/runner/seed.ts';
import { toSoakClaims } from './soak-claims.ts';
import { toPage } from './page.ts';
import { toPlot } from './plot.ts';
import { runSoak } from './soak.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    agents: { type: 'string', default: '20' },
    seed: { type: 'string', default: String(drawSeed()) },
  },
});
const print = (line: string) => void process.stdout.write(`${line}\n`);
print(`${values.minutes} minutes, ${values.agents} agents, seed ${values.seed}`);
const report = await runSoak({
  seed: Number(values.seed),
  seconds: Number(values.minutes) * 60,
  agents: Number(values.agents),
  sampleSeconds: 5,
});
print(`${report.runs.length} tasks, ${report.suffered.length} faults`);
const holds = printClaims(toSoakClaims(report), print);

const page = await writePage('soak.md', toPage(report, toMeasuredOn()));
await writeFile(new URL('../../../docs/images/soak.svg', import.meta.url), toPlot(report));
print(`Wrote ${page} and its plot.`);
process.exitCode = holds ? 0 : 1;
