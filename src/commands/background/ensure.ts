// The background worker of a data directory: started by the first session that needs it, in a process group of its own
// so that closing the agent does not end the work; replaced when configuration or version changed. Invariant: under
// the lock at most one is started.
import { spawn } from 'node:child_process';
import { closeSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { LoadedConfig } from '../../config/index.ts';
import { withLock } from '../../temporal/embedded/lock.ts';
import { isAlive, processIdentity } from '../../temporal/embedded/process-identity.ts';
import type { CommandContext } from '../context.ts';
import { VERSION } from '../version.ts';
import { liveBackgroundWorker, readBackgroundState, writeBackgroundState } from './state.ts';
import { openWorkerLog } from './worker-log.ts';

/** How often a session looks after the worker, in milliseconds. */
const LOOK_MS = 2_000;

/** Makes sure that a background worker with this configuration runs; one with another drains and ends. */
export async function ensureBackgroundWorker(
  context: CommandContext,
  config: LoadedConfig,
): Promise<void> {
  const { dataDirectory, fingerprint } = config;
  await withLock(join(dataDirectory, 'worker.lock'), () => {
    const running = liveBackgroundWorker(dataDirectory);
    if (running && !running.stopped) {
      if (running.fingerprint === fingerprint && running.version === VERSION) {
        return Promise.resolve();
      }
      process.kill(running.pid, 'SIGTERM'); // it takes nothing new, and ends when its attempts have
    }
    const identity = spawnWorker(context, config);
    writeBackgroundState(dataDirectory, {
      ...identity,
      fingerprint,
      version: VERSION,
      stopped: false,
    });
    return Promise.resolve();
  });
}

/** Starts the worker again when it dies while this session lives; one that was told to stop stays down. */
export function superviseBackgroundWorker(
  context: CommandContext,
  config: LoadedConfig,
  onFailure: (error: unknown) => void,
): Disposable {
  let busy = false;
  const look = async () => {
    const state = readBackgroundState(config.dataDirectory);
    if (busy || state?.stopped || (state && isAlive(state))) return;
    busy = true;
    await ensureBackgroundWorker(context, config).catch(onFailure);
    busy = false;
  };
  const timer = setInterval(() => void look(), LOOK_MS).unref();
  return {
    [Symbol.dispose]: () => {
      clearInterval(timer);
    },
  };
}

function spawnWorker(
  { cliFile, env }: CommandContext,
  { file, directory, dataDirectory, observability }: LoadedConfig,
): { readonly pid: number; readonly startTime: string } {
  mkdirSync(dataDirectory, { recursive: true, mode: 0o700 });
  const log = openWorkerLog(dataDirectory);
  try {
    const child = spawn(
      process.execPath,
      [
        cliFile,
        'worker',
        '--background',
        ...['--data-dir', dataDirectory, '--log-level', observability.logLevel],
        ...(file === null ? [] : ['--config', file]),
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
