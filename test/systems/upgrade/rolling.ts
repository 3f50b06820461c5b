// A fleet that is upgraded under load: it begins with the earlier version alone, runs both side by side, and ends with this
// one alone, whose worker is replaced once more, so that another must read what both versions wrote. Workers go first, since a newer
// gateway may send what an older worker does not know. Half of the tasks are in the activity lane: all along where the earlier version
// knows it, and from the last gateway on otherwise.
import { writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { SEARCH_ATTRIBUTES } from '../../../src/temporal/calls/search-attributes.ts';
import { runErrand, type Errand, type Run } from '../agent.ts';
import type { Claim } from '../claims.ts';
import { createFleet, type Launch } from '../fleet.ts';
import { toKind } from '../kinds.ts';
import { startCountingUpstream } from '../upstream.ts';
import { openMcpCaller } from '../../support/clients/mcp-caller.ts';
import { startTestTemporal } from '../../support/temporal/server.ts';
import type { PreviousVersion } from './previous.ts';
import { createPutOffTasks } from './put-off.ts';

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
  { cli: previousCli, hasBreakers, hasLanes }: PreviousVersion,
  report: (line: string) => void,
): Promise<RollingReport> {
  await using upstream = await startCountingUpstream(5);
  await using temporal = await startTestTemporal(SEARCH_ATTRIBUTES);
  const connection = await Connection.connect({ address: temporal.address });
  const client = new Client({ connection });
  await using putOff = hasBreakers ? await createPutOffTasks(client, hasLanes) : null;
  const env = { TEMPORAL_ADDRESS: temporal.address };
  let gatewayVersion: Pick<Launch, 'cli'> = { cli: previousCli };
  const worker = (): Launch => ({ command: 'worker', env });
  const withPutOff = (configuration: string) => configuration + (putOff?.configuration ?? '');
  const before = hasLanes ? upstream.configuration : upstream.withoutLanes;
  await using fleet = await createFleet(withPutOff(before), {
    gateway: () => ({ command: 'serve', env, ...gatewayVersion }),
    oldWorker: () => ({ ...worker(), cli: previousCli }),
    newWorker: worker,
    lastWorker: worker,
  });
  const oldWorker = await fleet.start('oldWorker');
  await fleet.start('gateway');
  await using caller = openMcpCaller(fleet.mcpUrl('gateway'), AGENTS);
  const callers = { modern: [caller], legacy: [] };

  let isOver = false;
  const work = async (agent: number): Promise<Run[]> => {
    const runs: Run[] = [];
    for (let count = 0; !isOver; count += 1) {
      const errand = toErrand(agent, count);
      const outcome = await runErrand(callers, errand);
      runs.push({ ...outcome, arrivals: upstream.arrivals(errand.id) });
    }
    return runs;
  };
  const agents = Promise.all(Array.from({ length: AGENTS }, async (_, agent) => work(agent)));

  await putOff?.start(caller);
  await putOff?.untilPutOffBy(oldWorker.pid);
  await sleep(STAGE_MS);
  report('a worker of this version beside the one of the earlier version');
  const newWorker = await fleet.start('newWorker');
  await sleep(STAGE_MS);
  report('the worker of the earlier version leaves');
  await fleet.stop('oldWorker');
  await putOff?.untilPutOffBy(newWorker.pid);
  await sleep(STAGE_MS);
  report('the worker of this version is replaced by another one');
  const lastWorker = await fleet.start('lastWorker');
  await fleet.stop('newWorker');
  await putOff?.untilPutOffBy(lastWorker.pid);
  report('the gateway is replaced by one of this version');
  gatewayVersion = {};
  await writeFile(fleet.configuration, withPutOff(upstream.configuration));
  await fleet.replace('gateway');
  await sleep(STAGE_MS);
  const putOffClaims = (await putOff?.finish(caller)) ?? [];
  isOver = true;
  const runs = (await agents).flat();
  await fleet.stop('gateway');
  await fleet.stop('lastWorker');
  await connection.close();
  return { runs, putOffClaims };
}

function toErrand(agent: number, count: number): Errand {
  return {
    kind: toKind(agent + count),
    id: `errand-${agent}-${count}`,
    seconds: ((agent * 7 + count * 3) % 40) / 10 + 0.5,
    way: agent % 2 === 0 ? 'control' : 'control, waiting',
  };
}
