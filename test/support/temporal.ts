// A real Temporal server on a data directory of its own, started as the product starts it.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Connection } from '@temporalio/client';

/** A running server, and what a test may do to it. Ends with its scope, files and all. */
export interface TestTemporal extends AsyncDisposable {
  /** `host:port` of the frontend; stays the same across `restart`. */
  readonly address: string;
  readonly uiUrl: string;
  readonly dataDirectory: string;
  /** Process id of the server that runs now. */
  readonly pid: number;
  /** kill -9. */
  kill(): Promise<void>;
  /** Starts the server again on the same file and address, after `kill`. */
  restart(): Promise<void>;
}

export async function startTestTemporal(): Promise<TestTemporal> {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'longhaul-temporal-'));
  const port = await freePort();
  const uiPort = await freePort();
  const address = `127.0.0.1:${port}`;
  let server: ChildProcess | undefined;
  const start = async (): Promise<void> => {
    const log = await open(join(dataDirectory, 'temporal.log'), 'a');
    server = spawn(
      process.env['LONGHAUL_TEMPORAL_CLI'] ?? 'temporal',
      [
        'server',
        'start-dev',
        '--db-filename',
        join(dataDirectory, 'temporal.db'),
        '--ip',
        '127.0.0.1',
        '--port',
        String(port),
        '--ui-port',
        String(uiPort),
        '--namespace',
        'default',
        '--log-format',
        'json',
        '--log-level',
        'warn',
        '--sqlite-pragma',
        'journal_mode=wal',
        '--sqlite-pragma',
        'synchronous=normal',
        '--dynamic-config-value',
        'system.enableActivityEagerExecution=true',
        '--dynamic-config-value',
        'history.transferProcessorMaxPollRPS=1000',
        '--dynamic-config-value',
        'history.timerProcessorMaxPollRPS=1000',
      ],
      { stdio: ['ignore', log.fd, log.fd] },
    );
    await log.close();
    for (let attempt = 0; ; attempt += 1) {
      try {
        const connection = await Connection.connect({ address, connectTimeout: 500 });
        await connection.withDeadline(Date.now() + 5_000, () =>
          connection.workflowService.describeNamespace({ namespace: 'default' }),
        );
        await connection.close();
        return;
      } catch (error) {
        if (attempt === 60) throw error;
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    }
  };
  const kill = async (): Promise<void> => {
    if (!server || server.exitCode !== null || server.signalCode !== null) return;
    server.kill('SIGKILL');
    await once(server, 'exit');
  };
  await start();
  return {
    address,
    uiUrl: `http://127.0.0.1:${uiPort}`,
    dataDirectory,
    get pid() {
      return server?.pid ?? 0;
    },
    kill,
    restart: async () => {
      await kill();
      await start();
    },
    [Symbol.asyncDispose]: async () => {
      await kill();
      await rm(dataDirectory, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  return port;
}
