// Gateway and worker, in one process or apart, that can be killed and come back at the same address.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '../../../src/local/ports.ts';
import { SEARCH_ATTRIBUTES } from '../../../src/temporal/calls/search-attributes.ts';
import { createHome } from '../../support/processes/home.ts';
import { startLonghaul, type Longhaul } from '../../support/processes/longhaul.ts';
import { startTestTemporal } from '../../support/temporal/server.ts';

/** `together`: `longhaul dev` with its embedded server. `apart`: `serve` and `worker` on a server of their own. */
export type Shape = 'together' | 'apart';

/** Processes that serve agents. */
export interface Fleet extends AsyncDisposable {
  readonly mcpUrl: string;
  /** Kills gateway and worker with -9 and starts them again at once; the Temporal server stays. */
  restart(): Promise<void>;
}

/** Starts a fleet with a configuration file in YAML. */
export async function startFleet(shape: Shape, configuration: string): Promise<Fleet> {
  const home = await createHome();
  const file = join(home.path, 'longhaul.config.yaml');
  await writeFile(file, configuration);
  const temporal = shape === 'apart' ? await startTestTemporal(SEARCH_ATTRIBUTES) : null;
  const port = String(await freePort());
  const gatewayFlags = ['--config', file, '--port', port];
  const options = {
    cwd: home.path,
    env: temporal ? { TEMPORAL_ADDRESS: temporal.address } : {},
  };
  const start = (): Promise<Longhaul[]> =>
    Promise.all(
      shape === 'together'
        ? [startLonghaul('dev', gatewayFlags, options)]
        : [
            startLonghaul('worker', ['--config', file], options),
            startLonghaul('serve', gatewayFlags, options),
          ],
    );
  const kill = (processes: readonly Longhaul[]) =>
    Promise.all(processes.map((process) => process.kill()));

  let processes = await start();
  return {
    mcpUrl: `http://127.0.0.1:${port}/mcp`,
    restart: async () => {
      await kill(processes);
      processes = await start();
    },
    [Symbol.asyncDispose]: async () => {
      await kill(processes);
      await temporal?.[Symbol.asyncDispose]();
      await home[Symbol.asyncDispose]();
    },
  };
}
