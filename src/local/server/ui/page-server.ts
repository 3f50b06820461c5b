// A Temporal development server that is there for the pages inside it: in memory, without a task, a worker or a file, on
// ports that are published nowhere, its HTTP API closed. Invariant: it ends by itself, also where its parent was killed with -9.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { apiArguments, createApiHost } from '../launch.ts';
import { freePort } from '../../ports.ts';

export interface PageServer extends AsyncDisposable {
  readonly port: number;
  readonly ended: Promise<unknown>;
}

const READY_LIMIT_MS = 20_000;
const RETRY_MS = 20;

/**
 * Starts one; it takes about a second.
 *
 * @param life the longest that it lives, in the words of the CLI
 * @throws {Error} when it does not answer
 */
export async function startPageServer(
  executable: string,
  codecUrl: string | undefined,
  life = '2m',
): Promise<PageServer> {
  const port = await freePort();
  const frontendPort = await freePort([port]);
  const apiPort = await freePort([port, frontendPort]);
  const child = spawn(
    executable,
    [
      ...['server', 'start-dev', '--command-timeout', life, '--log-level', 'never'],
      ...['--ip', '127.0.0.1', '--port', String(frontendPort), '--ui-port', String(port)],
      ...apiArguments({ port: apiPort, host: createApiHost() }),
      ...(codecUrl === undefined ? [] : ['--ui-codec-endpoint', codecUrl]),
    ],
    { env: {}, stdio: 'ignore' }, // nothing of the caller's reaches it, and it writes nothing into a home
  );
  const ended = once(child, 'exit').catch(() => undefined);
  const stop = async (): Promise<void> => {
    child.kill();
    await ended;
  };
  const isRunning = () => child.pid !== undefined && child.exitCode === null;
  const deadline = performance.now() + READY_LIMIT_MS;
  while (isRunning() && performance.now() < deadline) {
    // Asked twice: what answers may be another program that has just taken the port, and then this one ends.
    if ((await answers(port)) && isRunning()) return { port, ended, [Symbol.asyncDispose]: stop };
    await sleep(RETRY_MS);
  }
  await stop();
  throw new Error(`${executable} did not give out the pages of the Temporal UI`);
}

async function answers(port: number): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/healthz`).then(
    ({ ok }) => ok,
    () => false,
  );
}
