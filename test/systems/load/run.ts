// `npm run test:load`: the whole load test. Fifty tasks of each lane, of fifteen to twenty seconds, gateway, worker and Temporal killed with
// -9 four seconds later, in one process and apart, and a batch of a thousand items; prints what happened and ends with exit 1 where a
// claim does not hold.
import { printClaims } from '../claims.ts';
import { toKillClaims, toTimeClaim } from './kill-claims.ts';
import { runLargeBatch, toBatchClaims } from './large-batch.ts';
import type { Run } from '../agent.ts';
import { runLoad, type LoadReport } from './scenario.ts';

const print = (line: string) => void process.stdout.write(`${line}\n`);
let holds = true;
for (const shape of ['together', 'apart'] as const) {
  print(
    shape === 'together'
      ? '\nGateway and worker in one process (longhaul dev)'
      : '\nGateway and worker apart (longhaul serve, longhaul worker)',
  );
  const report = await runLoad({
    shape,
    tasks: 100,
    seconds: [15, 20],
    killAfterMs: 4000,
    heartbeatSeconds: 10,
  });
  for (const line of toLines(report)) print(`  ${line}`);
  holds = printClaims([...toKillClaims(report), toTimeClaim(report)], print) && holds;
}
print('\nA batch of a thousand items, gateway and worker apart and killed with -9 in the middle');
const batch = await runLargeBatch();
const { done, failed } = batch.result;
print(`  ${done} done, ${failed} failed, ${batch.historyLength} events of its history`);
holds = printClaims(toBatchClaims(batch), print) && holds;
process.exitCode = holds ? 0 : 1;

function toLines({ runs, killedAt, restartMs, open }: LoadReport): readonly string[] {
  const sum = (count: (run: Run) => number) => runs.reduce((total, run) => total + count(run), 0);
  const fates = [...new Set(runs.map(toFate))].toSorted();
  const last = Math.max(...runs.map(({ updatedAt }) => updatedAt! - killedAt));
  return [
    `${runs.length} tasks, ${sum(({ calls }) => calls)} calls answered, ` +
      `${sum(({ troubles }) => troubles.length)} calls without an answer repeated`,
    `killed with -9 with ${open.workflow} open workflows and ${open.activity} open activities; ready again after ${seconds(restartMs)}, ` +
      `the last task ended after ${seconds(last)}`,
    ...fates.map((fate) => {
      const group = runs.filter((run) => toFate(run) === fate);
      const ends = group.map(({ updatedAt }) => updatedAt! - killedAt);
      const range = `${seconds(Math.min(...ends))} to ${seconds(Math.max(...ends))} after the kill`;
      return `${String(group.length).padStart(3)} ${fate}, ${range}`;
    }),
  ];
}

function toFate({ kind, status, code, attempt, arrivals }: Run): string {
  return `${kind}: ${code ?? status}, attempt ${attempt ?? '-'}, ${arrivals} at the upstream`;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
