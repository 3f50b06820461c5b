// Fifty tasks at once, half of them in each lane, and everything killed with -9 in the middle. `npm run test:load` is the same with a
// hundred. Both shapes wait for a missed heartbeat, so they run at the same time.
import { expect, test } from '@jest/globals';
import { toKillClaims } from './kill-claims.ts';
import { runLoad } from './scenario.ts';

test.concurrent.each(['together', 'apart'] as const)(
  'a kill -9 of gateway, worker and Temporal, %s, loses no handle and runs nothing twice that must not',
  async (shape) => {
    const report = await runLoad({
      shape,
      tasks: 50,
      seconds: [10, 14],
      killAfterMs: 3_000,
      heartbeatSeconds: 8,
    });
    expect(report.runs).toHaveLength(50);
    expect(toKillClaims(report).filter(({ against }) => against.length > 0)).toEqual([]);
  },
  300_000,
);
