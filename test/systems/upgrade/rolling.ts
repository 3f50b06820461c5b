// A fleet that is upgraded under load: it begins with the earlier version alone, runs both side by side, and ends with this
// one alone, whose worker is replaced once more, so that another must read what both versions wrote. Workers go first, since a newer
// gateway may send what an older worker does not know.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { freePort } from '../../../src/local/ports.ts';
import { SEARCH_ATTRIBUTES } from '../../../src/temporal/calls/search-attributes.ts';
import { runErrand, type Errand } from '../load/agent.ts';
import type { Run } from '../load/scenario.ts';
import { startLoadUpstream, type Kind } from '../load/upstream.ts';
import type { Claim } from '../claim.ts';
import { createHome } from '../../support/processes/home.ts';
import { startLonghaul, type Longhaul } from '../../support/processes/longhaul.ts';
import { openMcpCaller } from '../../support/clients/mcp-caller.ts';
import { startTestTemporal } from '../../support/temporal/server.ts';
import type { PreviousVersion } from './previous.ts';
import { createPutOffTasks } from './put-off.ts';

const KINDS: readonly Kind[] = ['read', 'charge', 'render'];

/** Agents at once. */
const AGENTS = 12;

/** How long each stage lasts, in milliseconds. */
const STAGE_MS = 10_000;

/** What happened. */
export interface RollingReport {
  readonly runs: readonly Run[];
  /** Claims about tasks that were put off; none where the earlier version knows no circuit breakers. */
  readonly putOffClaims: readonly Claim[];
}

/** Upgrades a fleet while agents work; resolves when every task has ended. */
export async function runRollingUpgrade(
  { cli: previousCli, hasBreakers }: PreviousVersion,
  report: (line: string) => void,
): Promise<RollingReport> {
  await using upstream = await startLoadUpstream(5);
  await using home = await createHome();
  await using temporal = await startTestTemporal(SEARCH_ATTRIBUTES);
  const connection = await Connection.connect({ address: temporal.address });
  const client = new Client({ connection });
  await using putOff = hasBreakers ? await createPutOffTasks(client) : null;
  const file = join(home.path, 'longhaul.config.yaml');
  await writeFile(file, upstream.configuration + (putOff?.configuration ?? ''));
  const port = String(await freePort());
  const start = async (command: 'serve' | 'worker', cli?: string): Promise<Longhaul> =>
    startLonghaul(command, ['--config', file, ...(command === 'serve' ? ['--port', port] : [])], {
      cwd: home.path,
      env: { TEMPORAL_ADDRESS: temporal.address },
      ...(cli !== undefined && { cli }),
    });
  await using oldWorker = await start('worker', previousCli);
  await using oldGateway = await start('serve', previousCli);
  await using caller = openMcpCaller(oldGateway.mcpUrl, AGENTS);

  let isOver = false;
  const work = async (agent: number): Promise<Run[]> => {
    const runs: Run[] = [];
    for (let count = 0; !isOver; count += 1) {
      const errand = toErrand(agent, count);
      const outcome = await runErrand(caller, errand, () => undefined);
      runs.push({ ...outcome, arrivals: upstream.arrivals(errand.id) });
    }
    return runs;
  };
  const agents = Promise.all(Array.from({ length: AGENTS }, async (_, agent) => work(agent)));

  await putOff?.start(caller);
  await putOff?.untilPutOffBy(oldWorker.pid);
  await sleep(STAGE_MS);
  report('a worker of this version beside the one of the earlier version');
  await using newWorker = await start('worker');
  await sleep(STAGE_MS);
  report('the worker of the earlier version leaves');
  await oldWorker.stop();
  await putOff?.untilPutOffBy(newWorker.pid);
  await sleep(STAGE_MS);
  report('the worker of this version is replaced by another one');
  await using lastWorker = await start('worker');
  await newWorker.stop();
  await putOff?.untilPutOffBy(lastWorker.pid);
  report('the gateway is replaced by one of this version');
  await oldGateway.stop();
  await using newGateway = await start('serve');
  await sleep(STAGE_MS);
  const putOffClaims = (await putOff?.finish(caller)) ?? [];
  isOver = true;
  const runs = (await agents).flat();
  await newGateway.stop();
  await lastWorker.stop();
  await connection.close();
  return { runs, putOffClaims };
}

function toErrand(agent: number, count: number): Errand {
  return {
    kind: KINDS[(agent + count) % KINDS.length]!,
    id: `errand-${agent}-${count}`,
    seconds: ((agent * 7 + count * 3) % 40) / 10 + 0.5,
    follow: agent % 2 === 0 ? 'poll' : 'wait',
  };
}
