// The built gateway with the operations of the conformance suite, for real clients; it can be killed and started again on
// the same data and the same port.
import { fileURLToPath } from 'node:url';
import { freePort } from '../../../src/local/ports.ts';
import { createHome, type Home } from './home.ts';
import { startLonghaul, type Longhaul } from './longhaul.ts';

/** The configuration with those operations. */
export const FIXTURE_CONFIGURATION = fileURLToPath(
  new URL('../../conformance/longhaul.config.ts', import.meta.url),
);

/** A gateway, its worker and its embedded server. Ends with its scope. */
export interface ConformanceGateway extends AsyncDisposable {
  /** The MCP endpoint; stays the same across `restart`. */
  readonly url: string;
  readonly home: Home;
  /** kill -9 of gateway and worker, and a new process in their place. */
  restart(): Promise<void>;
}

/** Starts it. */
export async function startConformanceGateway(): Promise<ConformanceGateway> {
  const home = await createHome();
  const start = (port: string): Promise<Longhaul> =>
    startLonghaul(
      'dev',
      ['--port', port, '--data-dir', home.dataDirectory, '--config', FIXTURE_CONFIGURATION],
      { cwd: home.path },
    );
  // Not one that any client's connection could be given while the gateway is away.
  let gateway = await start(String(await freePort()));
  const url = gateway.mcpUrl;
  return {
    url,
    home,
    restart: async () => {
      await gateway.kill();
      gateway = await start(new URL(url).port);
    },
    [Symbol.asyncDispose]: async () => {
      await gateway.stop();
      await home[Symbol.asyncDispose]();
    },
  };
}
