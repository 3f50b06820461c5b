// `npm run test:cluster`: a real temporal-server on PostgreSQL, two gateways and two workers with the settings of docker-compose.yml, without
// containers. One part after the other fails under load; then one build of the workers takes over from another; then the embedded server's
// disk is full for a while. Prints what happened, writes docs/cluster.md, and ends with exit 1 where a claim does not hold.
import { parseArgs } from 'node:util';
import { printClaims, toVerdict } from '../claims.ts';
import { beginCleanRun } from '../clean-run.ts';
import { toMeasuredOn, writePage } from '../../../tools/docs/measured-page.ts';
import { toClusterClaims, toOverrunMs, toTimeClaims } from './cluster-claims.ts';
import { runFullDisk } from './full-disk.ts';
import { toFates, toPage } from './page.ts';
import { runRollingDeploy, toDeployClaims, toDeployLine } from './rolling-deploy.ts';
import { runCluster, type ClusterReport } from './scenario.ts';
import { startClusterServers } from './servers.ts';

const NO_DISK = 'Skipped: only root on Linux can make a file system for it.';
const DEPLOY =
  'Workers of build 1 are current; those of build 2 come beside them and are made current; those of build 1 leave when no workflow is ' +
  'open that they began. Meanwhile agents go on without rest, and some of what they ask for fails the first time.';

const HELP = `npm run test:cluster [-- --rate TASKS_PER_SECOND]

Builds the fleet of docker-compose.yml without containers, lets one part after the other fail under load, rolls a build of the workers
out, and checks by counting at the upstream, by reading every handle and by Temporal's own records that nothing is lost and nothing ran
twice that must not. Takes some six minutes, the first time some more to build temporal-server, and writes docs/cluster.md.

  --rate  new tasks a second, more than 0; default 2, which two busy cores bear
  --help  this text

Needs Go, and the server programs of PostgreSQL 15 or later; the full disk needs root on Linux, and is skipped otherwise.
A claim holds, is late (broken by tasks that found no free processor, and by nothing else), or is BROKEN. Exit 0: none is
broken. Exit 1: one is, or the run failed. Ctrl-C ends all that was started.
`;

/** Longest run, in milliseconds; a build of temporal-server on two cores takes some minutes of it. */
const LIMIT_MS = 45 * 60_000;

const { values } = parseArgs({
  options: {
    rate: { type: 'string', default: '2' },
    help: { type: 'boolean', default: false },
  },
});
const print = (line: string) => void process.stdout.write(`${line}\n`);
const rate = Number(values.rate);
if (values.help) {
  print(HELP);
} else if (!(rate > 0 && rate <= 50)) {
  process.stderr.write(`--rate is more than 0 and at most 50, not ${values.rate}\n`);
  process.exitCode = 1;
} else {
  beginCleanRun(LIMIT_MS);
  // A failure in the middle leaves processes that would keep this one alive: its exit ends them.
  process.exit(
    await runAll().catch((error: unknown) => {
      process.stderr.write(`${(error as Error).message}\n`);
      return 1;
    }),
  );
}

/** The exit code. */
async function runAll(): Promise<number> {
  await using servers = await startClusterServers(print);
  const load = { rate, seconds: [1, 8], pauseMs: 5_000, report: print } as const;
  const report = await runCluster(servers, load);
  for (const line of toLines(report)) print(`  ${line}`);
  const claims = [...toClusterClaims(report), ...toTimeClaims(report)];
  printClaims(claims, print);

  print('A rolling deploy of two builds of the workers ...');
  const deploy = await runRollingDeploy(servers, print);
  print(`  ${toDeployLine(deploy)}`);
  const deployClaims = toDeployClaims(deploy);
  printClaims(deployClaims, print);

  print('The disk of an embedded server, full for a while ...');
  const diskClaims = await runFullDisk();
  if (diskClaims) printClaims(diskClaims, print);
  else print(`  ${NO_DISK}`);

  const phases = [
    { title: 'Parts that fail', notes: [], claims },
    {
      title: 'A rolling deploy',
      notes: [DEPLOY, `${toDeployLine(deploy)}.`],
      claims: deployClaims,
    },
    diskClaims
      ? { title: 'A full disk', notes: [], claims: diskClaims }
      : { title: 'A full disk', notes: [NO_DISK], claims: [] },
  ];
  const page = await writePage('cluster.md', toPage(report, phases, toMeasuredOn()));
  print(`Wrote ${page}.`);
  const isBroken = phases.some((phase) => phase.claims.some((one) => toVerdict(one) === 'BROKEN'));
  return isBroken ? 1 : 0;
}

function toLines(report: ClusterReport): readonly string[] {
  const { runs, restarts, idle } = report;
  const troubles = runs.flatMap((run) => run.troubles);
  const count = (what: 'lost' | 'refused') => troubles.filter((one) => one.what === what).length;
  const latest = Math.round(Math.max(...runs.map(toOverrunMs)) / 1000);
  return [
    `${runs.length} tasks; ${count('lost')} calls without an answer and ${count('refused')} refusals that say to try again, all repeated`,
    `temporal-server ended by itself and was started again ${restarts} times; the processors were idle for ${Math.round(idle * 100)} % of the time`,
    latest > 0
      ? `the latest end was ${latest} s after its total time`
      : `the latest end was ${-latest} s before its total time was over`,
    ...toFates(runs).map(({ count, text }) => `${String(count).padStart(4)} ${text}`),
  ];
}
