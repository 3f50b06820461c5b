// Two gateways and two workers with the environment of docker-compose.yml: one gateway behind a network that can fail, one worker with a
// clock that is wrong. Each process can be replaced by another at the same address.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '../../src/temporal/embedded/ports.ts';
import type { ComposeProject } from '../support/compose.ts';
import { createHome } from '../support/home.ts';
import { startLonghaul, type Longhaul } from '../support/longhaul.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';

/** A member of the fleet. */
type Member = 'gateway-1' | 'gateway-2' | 'worker-1' | 'worker-2';

/** The processes. */
export interface ClusterFleet extends AsyncDisposable {
  /** The MCP endpoints, of `gateway-1` and `gateway-2`. */
  readonly mcpUrls: readonly string[];
  /** What lies between `gateway-2` and Temporal. */
  readonly network: TcpProxy;
  /** SIGTERM, and the next process as soon as it is gone, as a deployment does; resolves when that is ready. */
  replace(member: Member): Promise<void>;
  /** kill -9, and the next process. */
  kill(member: Member): Promise<void>;
}

/** The clock of `worker-2` is five minutes fast. */
const SKEWED = {
  NODE_OPTIONS: `--disable-warning=ExperimentalWarning --import=${new URL('skewed-clock.ts', import.meta.url).href}`,
  SKEW_MS: '300000',
};

/** Starts the fleet on a Temporal server, with a configuration file in YAML. */
export async function startClusterFleet(
  address: string,
  compose: ComposeProject,
  configuration: string,
): Promise<ClusterFleet> {
  const home = await createHome();
  const file = join(home.path, 'longhaul.config.yaml');
  await writeFile(file, configuration);
  const network = await startTcpProxy(address);
  const ports = [await freePort(), await freePort()];
  const environmentOf = (name: string) => compose.services[name]?.environment ?? {};
  const start: Readonly<Record<Member, () => Promise<Longhaul>>> = {
    'gateway-1': () => serve(0, address),
    'gateway-2': () => serve(1, network.address),
    'worker-1': () => work(),
    'worker-2': () => work(SKEWED),
  };
  const serve = (index: number, temporal: string) =>
    startLonghaul('serve', ['--port', String(ports[index])], {
      cwd: home.path,
      env: {
        ...environmentOf(`gateway-${index + 1}`),
        LONGHAUL_HOST: '127.0.0.1',
        LONGHAUL_CONFIG: file,
        TEMPORAL_ADDRESS: temporal,
      },
    });
  const work = (more: Readonly<Record<string, string>> = {}) =>
    startLonghaul('worker', [], {
      cwd: home.path,
      env: {
        ...environmentOf('worker'),
        LONGHAUL_CONFIG: file,
        TEMPORAL_ADDRESS: address,
        ...more,
      },
    });

  const members = new Map<Member, Longhaul>();
  for (const name of Object.keys(start) as Member[]) members.set(name, await start[name]());
  const follow = async (member: Member, end: (running: Longhaul) => Promise<unknown>) => {
    const running = members.get(member);
    if (running) await end(running);
    members.set(member, await start[member]());
  };
  return {
    mcpUrls: ports.map((port) => `http://127.0.0.1:${port}/mcp`),
    network,
    replace: async (member) => follow(member, async (running) => running.stop()),
    kill: async (member) => follow(member, async (running) => running.kill()),
    [Symbol.asyncDispose]: async () => {
      await Promise.all([...members.values()].map(async (running) => running.kill()));
      await network[Symbol.asyncDispose]();
      await home[Symbol.asyncDispose]();
    },
  };
}
