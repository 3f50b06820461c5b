// `npm run test:upgrade -- --from v0.1.0`: an earlier version, built from the repository's history, beside this one: a fleet that is
// upgraded under load, and a data directory that is opened by this version. Ends with exit 1 where a claim does not hold.
import { parseArgs } from 'node:util';
import type { Lane } from '../../../src/contract/lane.ts';
import { parseTaskRef } from '../../../src/contract/task-ref.ts';
import type { Run } from '../agent.ts';
import { claim, printClaims, toTaskClaims, type Claim } from '../claims.ts';
import { beginCleanRun } from '../clean-run.ts';
import { runDataDirectoryUpgrade } from './data-directory.ts';
import { buildPrevious } from './previous.ts';
import { runRollingUpgrade } from './rolling.ts';

const HELP = `npm run test:upgrade -- --from TAG_OR_COMMIT

Builds an earlier version from the repository's history and upgrades it to this one: a fleet under load, workers first, and a data
directory with finished and running tasks. Takes some three minutes. In a clone with the history of that version.

  --from  the earlier version, such as v0.1.0
  --help  this text

Exit 0: every claim holds. Exit 1: one is broken, or the run failed. Ctrl-C ends all that was started.
`;

const LANES: readonly Lane[] = ['workflow', 'activity'];

/** Longest run, in milliseconds. */
const LIMIT_MS = 20 * 60_000;

const { values } = parseArgs({
  options: { from: { type: 'string' }, help: { type: 'boolean', default: false } },
});
const print = (line: string) => void process.stdout.write(`${line}\n`);
if (values.help) {
  print(HELP);
} else if (values.from === undefined) {
  process.stderr.write(
    'which version is upgraded? Name a tag or a commit: npm run test:upgrade -- --from v0.1.0\n',
  );
  process.exitCode = 1;
} else {
  beginCleanRun(LIMIT_MS);
  // A failure in the middle leaves processes that would keep this one alive: its exit ends them.
  process.exit(
    await runAll(values.from).catch((error: unknown) => {
      process.stderr.write(`${(error as Error).message}\n`);
      return 1;
    }),
  );
}

/** An upgrade kills nothing, so nothing may be lost to it. */
function toClaims(runs: readonly Run[]): readonly Claim[] {
  return [
    ...toTaskClaims(runs),
    claim('every task is completed', runs, ({ status }) => status === 'completed'),
    {
      claim: 'there were tasks in both lanes',
      against: LANES.filter((lane) =>
        runs.every(({ handle }) => parseTaskRef(handle)?.lane !== lane),
      ),
    },
  ];
}

/** The exit code. */
async function runAll(reference: string): Promise<number> {
  await using previous = await buildPrevious(reference);
  print(`From ${previous.commit}, a fleet under load:`);
  const { runs, putOffClaims } = await runRollingUpgrade(previous, (line) => {
    print(`  ${line}`);
  });
  print(`  ${runs.length} tasks`);
  if (putOffClaims.length === 0) {
    print('  no task was put off: the earlier version has no circuit breakers');
  }
  const fleetHolds = printClaims([...toClaims(runs), ...putOffClaims], print);
  print(`From ${previous.commit}, a data directory:`);
  const directoryHolds = printClaims(await runDataDirectoryUpgrade(previous), print);
  return fleetHolds && directoryHolds ? 0 : 1;
}
