// Two gateways and two workers with the environment of docker-compose.yml: one gateway behind a network that can fail, one worker whose
// clock is five minutes fast and, from its first replacement on, five minutes slow. Each process can be replaced by another at the same
// address.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '../../../src/local/ports.ts';
import type { ComposeProject } from '../../deploy/compose-file.ts';
import { createHome } from '../../support/processes/home.ts';
import { startLonghaul, type Longhaul } from '../../support/processes/longhaul.ts';
import { startTcpProxy, type TcpProxy } from '../../support/peers/tcp-proxy.ts';

/** A member of the fleet. */
export type Member = 'gateway-1' | 'gateway-2' | 'worker-1' | 'worker-2';

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
  /** What the health check of each gateway says. */
  ready(): Promise<readonly boolean[]>;
  /** The member that a process is, or was. */
  readonly memberOf: (pid: number) => Member | null;
  /** What ended though nobody ended it, with what it wrote last. */
  readonly deserters: readonly string[];
}

/** How wrong the clock of `worker-2` is: its first process, and all later ones, in milliseconds. */
const SKEWS_MS = [300_000, -300_000];

/** Where containers have an address each, the processes here share one. */
const ON_ONE_MACHINE = {
  LONGHAUL_HOST: '127.0.0.1',
  LONGHAUL_METRICS_HOST: '127.0.0.1',
  LONGHAUL_METRICS_PORT: '0',
};

/** What is kept of a process's last words, in characters. */
const LAST_WORDS = 500;

const toSkewed = (skewMs: number) => ({
  NODE_OPTIONS: `--disable-warning=ExperimentalWarning --import=${new URL('skewed-clock.ts', import.meta.url).href}`,
  SKEW_MS: String(skewMs),
});

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
  const skews = [...SKEWS_MS];
  const start: Readonly<Record<Member, () => Promise<Longhaul>>> = {
    'gateway-1': () => serve(0, address),
    'gateway-2': () => serve(1, network.address),
    'worker-1': () => work(),
    'worker-2': async () => {
      const skewMs = skews.shift() ?? SKEWS_MS.at(-1)!;
      const running = await work(toSkewed(skewMs));
      checkClock(running, skewMs);
      return running;
    },
  };
  const serve = (index: number, temporal: string) =>
    startLonghaul('serve', ['--port', String(ports[index])], {
      cwd: home.path,
      env: {
        ...environmentOf(`gateway-${index + 1}`),
        ...ON_ONE_MACHINE,
        LONGHAUL_CONFIG: file,
        TEMPORAL_ADDRESS: temporal,
      },
    });
  const work = (more: Readonly<Record<string, string>> = {}) =>
    startLonghaul('worker', [], {
      cwd: home.path,
      env: {
        ...environmentOf('worker'),
        ...ON_ONE_MACHINE,
        LONGHAUL_CONFIG: file,
        TEMPORAL_ADDRESS: address,
        ...more,
      },
    });

  const members = new Map<Member, Longhaul>();
  const known = new Map<number, Member>();
  const deserters: string[] = [];
  const launch = async (member: Member): Promise<void> => {
    const running = await start[member]();
    members.set(member, running);
    known.set(running.pid, member);
    void running.exit.then((code) => {
      if (members.get(member) !== running) return;
      const words = running.log().slice(-LAST_WORDS);
      deserters.push(`${member} ended by itself with ${code ?? 'a signal'}: ${words}`);
    });
  };
  for (const name of Object.keys(start) as Member[]) await launch(name);
  const follow = async (member: Member, end: (running: Longhaul) => Promise<unknown>) => {
    const running = members.get(member);
    members.delete(member);
    if (running) await end(running);
    await launch(member);
  };
  const endAll = async (): Promise<void> => {
    const all = [...members.values()];
    members.clear();
    await Promise.all(all.map(async (running) => running.kill()));
  };
  return {
    mcpUrls: ports.map((port) => `http://127.0.0.1:${port}/mcp`),
    network,
    replace: async (member) => follow(member, async (running) => running.stop()),
    kill: async (member) => follow(member, async (running) => running.kill()),
    ready: async () => Promise.all(ports.map(isReady)),
    memberOf: (pid) => known.get(pid) ?? null,
    deserters,
    [Symbol.asyncDispose]: async () => {
      await endAll();
      await network[Symbol.asyncDispose]();
      await home[Symbol.asyncDispose]();
    },
  };
}

/** The health check of docker-compose.yml, with its patience. */
async function isReady(port: number): Promise<boolean> {
  const signal = AbortSignal.timeout(5_000);
  return fetch(`http://127.0.0.1:${port}/readyz`, { signal }).then(
    ({ ok }) => ok,
    () => false,
  );
}

/** @throws {Error} when what a worker writes does not show that its clock is wrong */
function checkClock(worker: Longhaul, skewMs: number): void {
  const [, time = ''] = /"time":"?([^",}]+)/.exec(worker.log()) ?? [];
  const writtenAt = /^\d+$/.test(time) ? Number(time) : Date.parse(time);
  const wrongMs = writtenAt - Date.now();
  if (!(Math.abs(wrongMs - skewMs) < 60_000)) {
    throw new Error(
      `the clock of worker-2 is wrong by ${wrongMs} ms, and should be by ${skewMs} ms`,
    );
  }
}
