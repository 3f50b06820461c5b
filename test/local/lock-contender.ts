// A process that takes a lock again and again: `lock-contender.ts <lock> <counter file> <rounds>`. Under the lock it
// reads, waits and writes the counter, so that any overlap loses a count. With 0 rounds it takes the lock once, says
// so and keeps it.
import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { withLock } from '../../src/local/lock.ts';

const [lock = '', counter = '', rounds = '0'] = process.argv.slice(2);
if (rounds === '0') {
  await withLock(lock, async () => {
    process.stdout.write('held\n');
    await sleep(2 ** 31 - 1);
  });
}
for (let round = 0; round < Number(rounds); round += 1) {
  await withLock(lock, async () => {
    const count = Number(readFileSync(counter, 'utf8'));
    await sleep(1);
    writeFileSync(counter, String(count + 1));
  });
}
