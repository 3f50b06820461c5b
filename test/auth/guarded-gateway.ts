// A real gateway behind the gate: HTTP, static tokens, the task service over a real server, and a worker.
import { startHttpGateway } from '../../src/mcp/http/gateway.ts';
import { createServerFactory } from '../../src/mcp/server.ts';
import { SEARCH_ATTRIBUTES } from '../../src/temporal/calls/search-attributes.ts';
import { DEFAULT_POLLING } from '../support/gateways/face.ts';
import { createTestOperations } from '../support/operations/test-operations.ts';
import { startStaticGate } from '../support/gateways/static-gate.ts';
import { openTestGateway, startTestWorker } from '../support/temporal/gateway-and-worker.ts';
import { startTestTemporal } from '../support/temporal/server.ts';

/** A gateway with callers. */
export interface GuardedGateway extends AsyncDisposable {
  readonly url: string;
  /** The Authorization header of a caller. */
  readonly headerOf: (name: string) => string;
}

/** Starts a gateway for callers of these names, each with every right to its own tasks. */
export async function startGuardedGateway(names: readonly string[]): Promise<GuardedGateway> {
  const temporal = await startTestTemporal(SEARCH_ATTRIBUTES);
  const { registry } = createTestOperations();
  const service = await openTestGateway(temporal.address, registry);
  const worker = await startTestWorker(service, registry);
  const guard = await startStaticGate(Object.fromEntries(names.map((name) => [name, undefined])));
  const gateway = await startHttpGateway({
    factory: createServerFactory({
      tasks: service.tasks,
      registry,
      name: 'longhaul',
      version: '0.0.0',
      polling: DEFAULT_POLLING,
      tools: { pair: true, typed: true, inlineWaitSeconds: 3 },
      principal: null,
      log: { debug: () => undefined, error: () => undefined },
    }),
    host: '127.0.0.1',
    port: 0,
    readiness: () => Promise.resolve({ ready: true, temporal: true, worker: true }),
    gate: guard.gate,
  });
  return {
    url: gateway.url,
    headerOf: guard.headerOf,
    [Symbol.asyncDispose]: async () => {
      await gateway[Symbol.asyncDispose]();
      await worker.stop();
      await service[Symbol.asyncDispose]();
      await guard[Symbol.asyncDispose]();
      await temporal[Symbol.asyncDispose]();
    },
  };
}
