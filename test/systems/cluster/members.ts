// Two gateways and two workers with the environment of docker-compose.yml: one gateway behind a network that can fail, one worker whose
// clock is five minutes fast and, from its first replacement on, five minutes slow. Each process can be replaced by another at the same
// address.
import type { ComposeProject } from '../../deploy/compose-file.ts';
import type { Longhaul } from '../../support/processes/longhaul.ts';
import { startTcpProxy, type TcpProxy } from '../../support/peers/tcp-proxy.ts';
import { createFleet, type Fleet } from '../fleet.ts';

export const MEMBERS = ['gateway-1', 'gateway-2', 'worker-1', 'worker-2'] as const;

/** A member of the fleet. */
export type Member = (typeof MEMBERS)[number];

/** The processes. */
export interface ClusterFleet
  extends AsyncDisposable, Pick<Fleet<Member>, 'replace' | 'kill' | 'nameOf' | 'endedByItself'> {
  /** The MCP endpoints, of `gateway-1` and `gateway-2`. */
  readonly mcpUrls: readonly string[];
  /** What lies between `gateway-2` and Temporal. */
  readonly network: TcpProxy;
  /** What the health check of each gateway says. */
  ready(): Promise<readonly boolean[]>;
}

/** How wrong the clock of `worker-2` is: its first process, and all later ones, in milliseconds. */
const SKEWS_MS = [300_000, -300_000];

/** Where containers have an address each, the processes here share one. */
export const ON_ONE_MACHINE = {
  LONGHAUL_HOST: '127.0.0.1',
  LONGHAUL_METRICS_HOST: '127.0.0.1',
  LONGHAUL_METRICS_PORT: '0',
};

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
  const network = await startTcpProxy(address);
  const skews = [...SKEWS_MS];
  let skewMs = 0;
  const toEnvironment = (service: string, temporal: string) => ({
    ...compose.services[service]?.environment,
    ...ON_ONE_MACHINE,
    TEMPORAL_ADDRESS: temporal,
  });
  const fleet = await createFleet<Member>(configuration, {
    'gateway-1': () => ({ command: 'serve', env: toEnvironment('gateway-1', address) }),
    'gateway-2': () => ({ command: 'serve', env: toEnvironment('gateway-2', network.address) }),
    'worker-1': () => ({ command: 'worker', env: toEnvironment('worker', address) }),
    'worker-2': () => {
      skewMs = skews.shift() ?? skewMs;
      const env = { ...toEnvironment('worker', address), ...toSkewed(skewMs) };
      return { command: 'worker', env };
    },
  });
  const checkClock = (member: Member): void => {
    if (member === 'worker-2') checkSkew(fleet.processOf(member), skewMs);
  };
  for (const name of MEMBERS) await fleet.start(name);
  checkClock('worker-2');
  const mcpUrls = [fleet.mcpUrl('gateway-1'), fleet.mcpUrl('gateway-2')];
  return {
    ...fleet,
    mcpUrls,
    network,
    replace: async (member) => {
      await fleet.replace(member);
      checkClock(member);
    },
    kill: async (member) => {
      await fleet.kill(member);
      checkClock(member);
    },
    ready: async () => Promise.all(mcpUrls.map(isReady)),
    [Symbol.asyncDispose]: async () => {
      await fleet[Symbol.asyncDispose]();
      await network[Symbol.asyncDispose]();
    },
  };
}

/** The health check of docker-compose.yml, with its timeout. */
async function isReady(mcpUrl: string): Promise<boolean> {
  const signal = AbortSignal.timeout(5_000);
  return fetch(new URL('/readyz', mcpUrl), { signal }).then(
    ({ ok }) => ok,
    () => false,
  );
}

/** @throws {Error} when what a worker writes does not show that its clock is wrong */
function checkSkew(worker: Longhaul, skewMs: number): void {
  const [, time = ''] = /"time":"?([^",}]+)/.exec(worker.log()) ?? [];
  const writtenAt = /^\d+$/.test(time) ? Number(time) : Date.parse(time);
  const wrongMs = writtenAt - Date.now();
  if (!(Math.abs(wrongMs - skewMs) < 60_000)) {
    throw new Error(
      `the clock of worker-2 is wrong by ${wrongMs} ms, and should be by ${skewMs} ms`,
    );
  }
}
