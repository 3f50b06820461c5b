// `npm run test:upgrade -- --from v0.1.0`: an earlier version, built from the repository's history, beside this one: a fleet that is
// upgraded under load, and a data directory that is opened by this version. Ends with exit 1 where a claim does not hold.
import { parseArgs } from 'node:util';
import { tellClaims } from '../support/claims.ts';
import { toTaskClaims } from '../soak/claims.ts';
import { runDataDirectoryUpgrade } from './data-directory.ts';
import { buildPrevious } from './previous.ts';
import { runRollingUpgrade } from './rolling.ts';

const { values } = parseArgs({ options: { from: { type: 'string' } } });
if (values.from === undefined) {
  throw new Error(
    'which version is upgraded? Name a tag or a commit: npm run test:upgrade -- --from v0.1.0',
  );
}
const print = (line: string) => void process.stdout.write(`${line}\n`);

await using previous = await buildPrevious(values.from);
print(`From ${previous.commit}, a fleet under load:`);
const runs = await runRollingUpgrade(previous.cli, (line) => {
  print(`  ${line}`);
});
print(`  ${runs.length} tasks`);
const fleetHolds = tellClaims(toTaskClaims({ runs }), print);
print(`From ${previous.commit}, a data directory:`);
const directoryHolds = tellClaims(await runDataDirectoryUpgrade(previous.cli), print);
process.exitCode = fleetHolds && directoryHolds ? 0 : 1;
