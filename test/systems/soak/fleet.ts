// Two gateways and two workers over one Temporal server, behind a network that can fail. The first of each lives through a
// whole run, so that its memory can be judged; the second is what is killed, frozen and replaced.
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../../src/local/ports.ts';
import { SEARCH_ATTRIBUTES } from '../../../src/temporal/calls/search-attributes.ts';
import { createHome } from '../../support/processes/home.ts';
import { startLonghaul, type Longhaul } from '../../support/processes/longhaul.ts';
import { startTcpProxy } from '../../support/peers/tcp-proxy.ts';
import { startTestTemporal } from '../../support/temporal/server.ts';
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

/** How often a process is started until it stays. */
const TRIES = 5;

const CONFIGURATION = fileURLToPath(new URL('longhaul.config.ts', import.meta.url));

/** Starts the fleet; `env` tells its configuration where the peers are. */
export async function startSoakFleet(env: Readonly<Record<string, string>>): Promise<SoakFleet> {
  const home = await createHome();
  const temporal = await startTestTemporal(SEARCH_ATTRIBUTES);
  const network = await startTcpProxy(temporal.address);
  const settings = {
    ...env,
    TEMPORAL_ADDRESS: network.address,
    LONGHAUL_STORAGE_DIRECTORY: join(home.path, 'files'),
  };
  const ports = [await freePort(), await freePort()].map(String);
  const start = {
    gateway: async (port: string) => launch('serve', ['--port', port]),
    worker: async () => launch('worker', []),
  };
  const launch = async (command: 'serve' | 'worker', flags: readonly string[], tries = TRIES) =>
    startLonghaul(command, ['--config', CONFIGURATION, ...flags], {
      cwd: home.path,
      env: settings,
    }).catch(async (error: unknown): Promise<Longhaul> => {
      // A process that finds no Temporal at its start ends, and is started again by whoever looks after it.
      if (tries <= 1) throw error;
      await sleep(1000);
      return launch(command, flags, tries - 1);
    });
  const survivors = [await start.gateway(ports[0]!), await start.worker()] as const;
  const second = { gateway: await start.gateway(ports[1]!), worker: await start.worker() };

  const replace = async (
    part: 'gateway' | 'worker',
    end: (process: Longhaul) => Promise<unknown>,
  ) => {
    await end(second[part]);
    second[part] = await start[part](ports[1]!);
  };

  return {
    mcpUrls: ports.map((port) => `http://127.0.0.1:${port}/mcp`),
    survivors: { gateway: survivors[0].pid, worker: survivors[1].pid },
    replay: async (taskRef) =>
      home.run(['callbacks', 'replay', taskRef, '--config', CONFIGURATION], settings),
    suffer: async ({ kind, seconds }) => {
      switch (kind) {
        case 'gateway killed':
          return replace('gateway', async (process) => process.kill());
        case 'worker killed':
          return replace('worker', async (process) => process.kill());
        case 'gateway replaced':
          return replace('gateway', async (process) => process.stop());
        case 'worker replaced':
          return replace('worker', async (process) => process.stop());
        case 'worker frozen':
          process.kill(second.worker.pid, 'SIGSTOP');
          await sleep(seconds * 1000);
          process.kill(second.worker.pid, 'SIGCONT');
          return;
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
      const processes = [...survivors, second.gateway, second.worker];
      await Promise.all(processes.map(async (process) => process.kill()));
      await network[Symbol.asyncDispose]();
      await temporal[Symbol.asyncDispose]();
      await home[Symbol.asyncDispose]();
    },
  };
}
