// `npm run test:cluster`: a real temporal-server on PostgreSQL, two gateways and two workers with the settings of docker-compose.yml, without
// containers. One part after the other fails under load; then the embedded server's disk is full for a while. Ends with exit 1 where a
// claim does not hold.
import { tellClaims } from '../support/claims.ts';
import { toClaims, toOverrunsMs, toTimeClaims } from './claims.ts';
import { runFullDisk } from './full-disk.ts';
import { runCluster, type ClusterReport, type Run } from './scenario.ts';

const print = (line: string) => void process.stdout.write(`${line}\n`);
const report = await runCluster({ everyMs: 500, seconds: [1, 8], pauseMs: 5_000, report: print });
for (const line of toStory(report)) print(`  ${line}`);
let holds = tellClaims([...toClaims(report), ...toTimeClaims(report)], print);

print('The disk of an embedded server, full for a while ...');
const claims = await runFullDisk();
if (claims) holds = tellClaims(claims, print) && holds;
else print('  skipped: a file system for it can be made by root on Linux alone');
process.exitCode = holds ? 0 : 1;

function toStory({ runs, restarts }: ClusterReport): readonly string[] {
  const sum = (count: (run: Run) => number) => runs.reduce((total, run) => total + count(run), 0);
  const fates = [...new Set(runs.map(toFate))].toSorted();
  return [
    `${runs.length} tasks; ${sum(({ lostCalls }) => lostCalls)} calls without an answer and ` +
      `${sum(({ refusals }) => refusals)} refusals that say to try again, all repeated`,
    `temporal-server ended by itself and was started again ${restarts} times`,
    `the latest end was ${Math.round(Math.max(...runs.flatMap(toOverrunsMs)) / 1000)} s after its total time`,
    ...fates.map((fate) => {
      const group = runs.filter((run) => toFate(run) === fate);
      return `${String(group.length).padStart(4)} ${fate}`;
    }),
  ];
}

function toFate({ kind, face, status, audits, arrivals }: Run): string {
  const code = audits[0]?.error?.code;
  return `${kind}, ${face}: ${code ?? status}, ${arrivals} at the upstream`;
}
