// `npm run test:upgrade -- --from v0.1.0`: an earlier version, built from the repository's history, beside this one: a fleet that is
// upgraded under load, and a data directory that is opened by this version. Ends with exit 1 where a claim does not hold.
import { parseArgs } from 'node:util';
import type { Claim } from '../load/claims.ts';
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
let broken = 0;
const tell = ({ claim, against }: Claim): void => {
  print(`  ${against.length === 0 ? 'holds ' : 'BROKEN'}  ${claim}`);
  for (const line of against.slice(0, 5)) print(`            ${line}`);
  if (against.length > 0) broken += 1;
};

await using previous = await buildPrevious(values.from);
print(`From ${previous.commit}, a fleet under load:`);
const runs = await runRollingUpgrade(previous.cli, (line) => {
  print(`  ${line}`);
});
print(`  ${runs.length} tasks`);
toTaskClaims({ runs }).forEach(tell);
print(`From ${previous.commit}, a data directory:`);
(await runDataDirectoryUpgrade(previous.cli)).forEach(tell);
process.exitCode = broken === 0 ? 0 : 1;
