// Two gateways and two workers over one Temporal server, behind a network that can fail. The first of each lives through a
// whole run, so that its memory can be judged; the second is what is killed, frozen and replaced.
import { setTimeout as sleep } from 'node:timers/promises';
import { SEARCH_ATTRIBUTES } from '../../../src/temporal/calls/search-attributes.ts';
import { createTemporaryDirectory } from '../../support/files/temporary-directory.ts';
import { startTcpProxy } from '../../support/peers/tcp-proxy.ts';
import { startTestTemporal } from '../../support/temporal/server.ts';
import { createFleet } from '../fleet.ts';
import type { Fault } from './faults.ts';

/** The processes of a run. Ends with its scope. */
export interface SoakFleet extends AsyncDisposable {
  /** The MCP endpoint of each gateway; stays the same when its process is replaced. */
  readonly mcpUrls: readonly string[];
  /** Process ids of those that live through the run. */
  readonly survivors: Readonly<Record<'gateway' | 'worker', number>>;
  /** Has the callbacks of a task sent again, as an operator does: without waiting for their schedule. */
  replay(taskRef: string): Promise<unknown>;
  /** Lets something fail; resolves when all is back. */
  suffer(fault: Fault): Promise<void>;
}

const CONFIGURATION = new URL('longhaul.config.ts', import.meta.url);

/** Starts the fleet; `peers` is the environment that says where the peers are. */
export async function startSoakFleet(peers: Readonly<Record<string, string>>): Promise<SoakFleet> {
  const temporal = await startTestTemporal(SEARCH_ATTRIBUTES);
  const network = await startTcpProxy(temporal.address);
  const files = await createTemporaryDirectory();
  const env = {
    ...peers,
    TEMPORAL_ADDRESS: network.address,
    LONGHAUL_STORAGE_DIRECTORY: files.path,
  };
  const gateway = () => ({ command: 'serve', env }) as const;
  const worker = () => ({ command: 'worker', env }) as const;
  const fleet = await createFleet(CONFIGURATION, {
    'gateway-1': gateway,
    'worker-1': worker,
    'gateway-2': gateway,
    'worker-2': worker,
  });
  const survivors = {
    gateway: (await fleet.start('gateway-1')).pid,
    worker: (await fleet.start('worker-1')).pid,
  };
  await fleet.start('gateway-2');
  await fleet.start('worker-2');
  return {
    mcpUrls: [fleet.mcpUrl('gateway-1'), fleet.mcpUrl('gateway-2')],
    survivors,
    replay: async (taskRef) =>
      fleet.home.run(['callbacks', 'replay', taskRef, '--config', fleet.configuration], env),
    suffer: async ({ kind, seconds }) => {
      switch (kind) {
        case 'gateway killed':
          return fleet.kill('gateway-2');
        case 'worker killed':
          return fleet.kill('worker-2');
        case 'gateway replaced':
          return fleet.replace('gateway-2');
        case 'worker replaced':
          return fleet.replace('worker-2');
        case 'worker frozen': {
          const { pid } = fleet.processOf('worker-2');
          process.kill(pid, 'SIGSTOP');
          await sleep(seconds * 1000);
          process.kill(pid, 'SIGCONT');
          return;
        }
        case 'network cut':
          network.cut();
          return;
        case 'answers lost':
          network.mute();
          await sleep(seconds * 1000);
          network.cut();
          return;
        case 'Temporal killed':
          return temporal.restart();
      }
    },
    [Symbol.asyncDispose]: async () => {
      await fleet[Symbol.asyncDispose]();
      await network[Symbol.asyncDispose]();
      await temporal[Symbol.asyncDispose]();
      await files[Symbol.asyncDispose]();
    },
  };
}
