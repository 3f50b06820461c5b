// From the command to the line that says it is ready, with its own embedded server: on an empty data directory, and on
// one that was stopped in order before. The CLI is on the machine already; finding it is part of the time.
import { join } from 'node:path';
import { startLonghaul } from '../../test/support/processes/longhaul.ts';
import { median } from '../../test/systems/percentiles.ts';
import { round } from '../sample.ts';
import { CONFIG_FLAGS, type Setting } from '../setting.ts';

/** Medians, in milliseconds. */
export interface StartUp {
  readonly firstMs: number;
  readonly secondMs: number;
  readonly runs: number;
}

/** Measures start-up. */
export async function measureStartUp({ directory, quick }: Setting): Promise<StartUp> {
  const runs = quick ? 1 : 3;
  const first: number[] = [];
  const second: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    for (const times of [first, second]) {
      const flags = [...CONFIG_FLAGS, '--data-dir', join(directory, `start-up-${run}`)];
      await using gateway = await startLonghaul('dev', flags);
      times.push(gateway.readyMs);
      await gateway.stop();
    }
  }
  return { firstMs: round(median(first)), secondMs: round(median(second)), runs };
}
