// The background worker of a data directory: started by the first session that needs it, in a process group of its own
// so that closing the agent does not end the work; replaced when configuration or version changed. Invariant: under
// the lock at most one is started.
import { spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LoadedConfig } from '../../config/index.ts';
import { openDataDirectory, processIdentity, withLock } from '../../local/index.ts';
import { openPrivateLog, rotateLog } from '../../trust/index.ts';
import type { CommandContext } from '../context.ts';
import { VERSION } from '../version.ts';
import {
  isBackgroundWorker,
  liveBackgroundWorker,
  readBackgroundState,
  workerArguments,
  writeBackgroundState,
} from './state.ts';

/** How often a session checks the worker, in milliseconds; after each one that was found dead, twice as long. */
const CHECK_MS = 2_000;

/** Longest pause before another check, in milliseconds: a worker that cannot live is not started in a hot loop. */
const LONGEST_CHECK_MS = 60_000;

/** Makes sure that a background worker with this configuration runs; one with another drains and ends. */
export async function ensureBackgroundWorker(
  context: CommandContext,
  config: LoadedConfig,
): Promise<void> {
  const { fingerprint } = config;
  const { path: dataDirectory } = await openDataDirectory(config.dataDirectory);
  await withLock(join(dataDirectory, 'worker.lock'), () => {
    const running = liveBackgroundWorker(dataDirectory);
    if (running && !running.stopped) {
      if (running.fingerprint === fingerprint && running.version === VERSION) return;
      process.kill(running.pid, 'SIGTERM'); // it takes nothing new, and ends with its attempts, or its grace time
    }
    const identity = spawnWorker(context, config, dataDirectory);
    const state = { ...identity, fingerprint, version: VERSION, stopped: false };
    writeBackgroundState(dataDirectory, state);
  });
}

/**
 * Starts the worker again when it dies while this session lives; one that an operator stopped stays down.
 *
 * @param onFailure hears why a worker is started again, or could not be
 */
export function superviseBackgroundWorker(
  context: CommandContext,
  config: LoadedConfig,
  onFailure: (error: unknown) => void,
): AsyncDisposable {
  const over = new AbortController();
  const { signal } = over;
  const supervise = async () => {
    for (let pauseMs = CHECK_MS; ;) {
      await sleep(pauseMs, undefined, { ref: false, signal }).catch(() => undefined);
      if (signal.aborted) return;
      const state = readBackgroundState(config.dataDirectory);
      if (state?.stopped || (state && isBackgroundWorker(config.dataDirectory, state))) {
        pauseMs = CHECK_MS;
        continue;
      }
      pauseMs = Math.min(pauseMs * 2, LONGEST_CHECK_MS);
      onFailure(new Error('it ended by itself; its worker.log says why'));
      await ensureBackgroundWorker(context, config).catch(onFailure);
    }
  };
  void supervise();
  return {
    [Symbol.asyncDispose]: () => {
      over.abort();
      return Promise.resolve();
    },
  };
}

function spawnWorker(
  { cliFile, env }: CommandContext,
  { file, isNamed, directory, observability }: LoadedConfig,
  dataDirectory: string,
): { readonly pid: number; readonly startTime: string } {
  const logFile = join(dataDirectory, 'worker.log');
  rotateLog(logFile);
  const log = openPrivateLog(logFile);
  try {
    const child = spawn(
      process.execPath,
      [
        cliFile,
        ...workerArguments(dataDirectory),
        ...['--log-level', observability.logLevel],
        // One that was found is found again, in the same folder, and has to be approved again.
        ...(file !== null && isNamed ? ['--config', file] : []),
      ],
      { cwd: directory, env, detached: true, stdio: ['ignore', log, log] },
    );
    child.unref();
    const identity = child.pid === undefined ? undefined : processIdentity(child.pid);
    if (!identity) throw new Error('the background worker could not be started');
    return identity;
  } finally {
    closeSync(log);
  }
}
