// Processes of a fleet in front of MCP servers: each has connections, and children, of its own.
import type { Lane } from '../../src/contract/lane.ts';
import { toUpstreamOperations } from '../../src/operations/kinds/mcp/operations.ts';
import { listTools } from '../../src/operations/kinds/mcp/tools.ts';
import { upstreams } from '../../src/operations/kinds/mcp/upstream.ts';
import { createRegistry, type Registry } from '../../src/operations/registry.ts';
import { createServices } from '../../src/operations/services.ts';
import { createTestHost } from '../support/operations/context.ts';
import { openTestGateway, startTestWorker } from '../support/temporal/gateway-and-worker.ts';

interface UpstreamProcesses {
  /** What one process has of the upstreams; another one has its own. */
  createOwnRegistry(lane?: Lane): Registry;
  /** A worker as in a process of its own, whose connections and children end with it. */
  startOwnWorker(address: string): Promise<AsyncDisposable>;
}

/** @param entries as in the configuration, by name */
export async function listUpstreams(
  entries: Readonly<Record<string, object>>,
): Promise<UpstreamProcesses> {
  const host = createTestHost();
  const declare = () =>
    Object.entries(upstreams.parse(entries)).map(([name, declared]) => ({ ...declared, name }));
  const listings = await Promise.all(declare().map(async (upstream) => listTools(upstream, host)));
  const createOwnRegistry = (lane: Lane = 'workflow'): Registry => {
    const offers = declare().map((upstream, index) => ({ upstream, listing: listings[index]! }));
    return createRegistry(toUpstreamOperations(offers, new Set()).operations, {}, lane);
  };
  return {
    createOwnRegistry,
    startOwnWorker: async (address) => {
      const services = createServices(host);
      const registry = createOwnRegistry();
      const connected = await openTestGateway(address, registry);
      const worker = await startTestWorker(connected, registry, { services });
      return {
        [Symbol.asyncDispose]: async () => {
          await worker.stop();
          await services[Symbol.asyncDispose]();
          await connected[Symbol.asyncDispose]();
        },
      };
    },
  };
}
