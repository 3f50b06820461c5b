// What is done to the cluster, in order: first everything is replaced once, as a deployment does, then parts are killed, then one gateway
// is cut off, and last everything is killed at once. A fault is over when the health checks of both gateways, those of docker-compose.yml, are satisfied again.
import { setTimeout as sleep } from 'node:timers/promises';
import { MEMBERS, type ClusterFleet, type Member } from './members.ts';
import type { Postgres } from './postgres.ts';
import type { ClusterTemporal } from './temporal.ts';

/** Something that is done. */
export interface Fault {
  readonly name: string;
  /** Whose attempts it may cost: those of one worker, or of all. Default: none. */
  readonly costs?: Member | 'all';
  /** Does it; resolves when what was taken away is there again. `tell` is told what was amiss meanwhile. */
  act(tell: (amiss: string) => void): Promise<void>;
}

/** Something that was done. Instants are milliseconds since the epoch. */
export interface Suffered extends Pick<Fault, 'name' | 'costs'> {
  readonly at: number;
  /** When both gateways were ready again. */
  readonly until: number;
  /** What was amiss beyond what was done. */
  readonly amiss: readonly string[];
}

/** What can fail. */
export interface Cluster {
  readonly postgres: Postgres;
  readonly temporal: ClusterTemporal;
  readonly fleet: ClusterFleet;
}

/** Longest that gateways may take to be ready again, in milliseconds. */
const READY_MS = 120_000;

/** How long the database is away, and how long each stage of the cut lasts, in milliseconds. */
const AWAY_MS = 3_000;
const STAGE_MS = 5_000;

/** Resets in a row, and the pause between them, in milliseconds. */
const RESETS = 5;
const RESET_PAUSE_MS = 500;

/** All of them. */
export function toFaults({ postgres, temporal, fleet }: Cluster): readonly Fault[] {
  const { network } = fleet;
  return [
    { name: 'worker-1 replaced', costs: 'worker-1', act: () => fleet.replace('worker-1') },
    { name: 'worker-2 replaced', costs: 'worker-2', act: () => fleet.replace('worker-2') },
    { name: 'gateway-1 replaced', act: () => fleet.replace('gateway-1') },
    { name: 'gateway-2 replaced', act: () => fleet.replace('gateway-2') },
    { name: 'temporal-server replaced', costs: 'all', act: () => temporal.restart() },
    {
      name: 'PostgreSQL replaced',
      costs: 'all',
      act: async () => {
        await postgres.stop();
        await postgres.start();
      },
    },
    { name: 'worker-1 killed', costs: 'worker-1', act: () => fleet.kill('worker-1') },
    { name: 'worker-2 killed', costs: 'worker-2', act: () => fleet.kill('worker-2') },
    { name: 'gateway-1 killed', act: () => fleet.kill('gateway-1') },
    {
      name: `PostgreSQL killed, away for ${AWAY_MS / 1000} s`,
      costs: 'all',
      act: async () => {
        await postgres.kill();
        await sleep(AWAY_MS);
        await postgres.start();
      },
    },
    {
      name: 'gateway-2 cut off: answers come late, then get lost',
      act: async () => {
        network.delay(300);
        await sleep(STAGE_MS);
        network.mute();
        await sleep(2 * STAGE_MS);
        network.cut();
      },
    },
    {
      name: 'gateway-2 cut off: nothing passes',
      act: async (tell) => {
        network.drop();
        await sleep(2 * STAGE_MS);
        const ready = await fleet.ready();
        network.cut();
        if (ready[1] === true) tell('gateway-2 said that it was ready while it was cut off');
        if (ready[0] !== true) tell('gateway-1 was not ready while gateway-2 was cut off');
      },
    },
    {
      name: 'gateway-2 cut off: connections are reset again and again',
      act: async () => {
        for (let count = 0; count < RESETS; count += 1) {
          network.reset();
          await sleep(RESET_PAUSE_MS);
        }
      },
    },
  ];
}

/** kill -9 of everything. */
export function toLastFault({ postgres, temporal, fleet }: Cluster): Fault {
  return {
    name: 'everything killed at once',
    costs: 'all',
    act: async () => {
      const killed = MEMBERS.map(async (member) => fleet.kill(member));
      await Promise.all([postgres.kill(), temporal.kill()]);
      await postgres.start();
      await Promise.all(killed);
    },
  };
}

/** Lets one thing happen; resolves when the cluster is whole again, or the patience with it is over. */
export async function suffer(fault: Fault, { fleet }: Cluster): Promise<Suffered> {
  const { name, costs } = fault;
  const at = Date.now();
  const amiss: string[] = [];
  await fault.act((one) => amiss.push(one));
  const giveUpAt = Date.now() + READY_MS;
  const look = async () => (await fleet.ready()).every(Boolean);
  let recovered = await look();
  while (!recovered && Date.now() < giveUpAt) {
    await sleep(200);
    recovered = await look();
  }
  if (!recovered) amiss.push(`after "${name}" a gateway was not ready again`);
  return { name, ...(costs && { costs }), at, until: Date.now(), amiss };
}
