// `longhaul stop`: ends the background worker and the embedded server of a data directory, in this order.
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive, readDataDirectory, stopEmbeddedServer } from '../local/index.ts';
import {
  BACKGROUND_ROLE,
  liveBackgroundWorker,
  writeBackgroundState,
} from '../assembly/background/state.ts';
import { loadConfiguration } from '../assembly/configuration.ts';
import { EXIT, type CommandContext, type ExitCode } from '../assembly/context.ts';
import type { Flags } from '../assembly/flags.ts';

/** How often it checks whether the worker has ended, in milliseconds. */
const CHECK_MS = 100;

/** Beside the worker's grace time: how long it may take to end, in milliseconds. */
const MARGIN_MS = 10_000;

/** Stops what runs in the background; refuses while `longhaul dev` runs on the data directory. */
export async function stop(context: CommandContext, flags: Flags): Promise<ExitCode> {
  const { dataDirectory, execution } = await loadConfiguration(context, flags);
  const say = (line: string) => void context.stdout.write(`${line}\n`);
  const { members, running } = await readDataDirectory(dataDirectory);
  const foreground = members.find(({ role }) => role === 'dev');
  if (foreground) {
    context.stderr.write(
      `longhaul dev (process ${foreground.pid}) runs on ${dataDirectory}; stop it there, with Ctrl-C\n`,
    );
    return EXIT.failed;
  }
  const worker = liveBackgroundWorker(dataDirectory);
  if (worker) {
    writeBackgroundState(dataDirectory, { ...worker, stopped: true });
    process.kill(worker.pid, 'SIGTERM');
    const deadline = Date.now() + execution.shutdownGraceSeconds * 1000 + MARGIN_MS;
    while (isAlive(worker) && Date.now() < deadline) await sleep(CHECK_MS);
    if (isAlive(worker)) process.kill(worker.pid, 'SIGKILL');
    say(`The ${BACKGROUND_ROLE} (process ${worker.pid}) has ended.`);
  }
  const stopped = (await stopEmbeddedServer(dataDirectory)) || (running && worker !== null);
  if (stopped) say('The embedded Temporal server has ended; its tasks are kept.');
  if (!worker && !stopped) say(`Nothing runs on ${dataDirectory}.`);
  return EXIT.ok;
}
