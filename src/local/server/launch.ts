// Spawns the Temporal development server and puts it on record in the same tick.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync } from 'node:fs';
import { openPrivateLog } from '../../trust/index.ts';
import type { TemporalCli } from '../cli/cli-version.ts';
import type { DataDirectory } from '../data-directory.ts';
import { processIdentity } from '../process-identity.ts';
import { NAMESPACE } from './readiness.ts';
import { saveServerState, type ServerApi, type ServerState } from './server-state.ts';

/** A Temporal CLI, as far as a start needs to know it. */
export type ServerExecutable = Pick<TemporalCli, 'file' | 'serverVersion' | 'env'>;

/** Where this differs from the server's defaults; the server of docker-compose.yml has the same. */
export const DYNAMIC_CONFIG = {
  'system.enableActivityEagerExecution': true,
  // A cancel reaches the worker at once, and not with the reply to the attempt's next heartbeat. The second offers it to workers.
  'system.enableCancelActivityWorkerCommand': true,
  'frontend.WorkerCommandsEnabled': true,
  // Tasks that are activities, also such as start later. The defaults of 1.32 today.
  'activity.enableStandalone': true,
  'activity.startDelayEnabled': true,
  // With one shard polled 20 times a second, every hop of a task would wait for a slot of 50 ms.
  'history.transferProcessorMaxPollRPS': 1000,
  'history.timerProcessorMaxPollRPS': 1000,
  // The timer queue is read this far ahead, and a timer that is due sooner fires only then: with the default of 1 s, a
  // retry after 200 ms took a second. The margin allows for hosts whose clocks differ; here there is one clock.
  'history.timerProcessorMaxTimeShift': '50ms',
  // Tasks that wait for a worker are handed out by turns of their principals; otherwise a fairness key means nothing.
  'matching.enableFairness': true,
  // Turns are taken in each partition by itself: with one that is written to, they hold for the whole backlog.
  'matching.numTaskqueueWritePartitions': 1,
  // The rate of a task queue is divided by the partitions that are read, also those that nothing is written to.
  'matching.numTaskqueueReadPartitions': 1,
  'frontend.enableServerVersionCheck': false,
};

/**
 * A name for the HTTP API of a server, which answers no other: by default it answers every name, and so the web pages that a
 * browser shows on this machine. No resolver knows the name (RFC 6761), so no page can be at it.
 */
export function createApiHost(): string {
  return `${randomBytes(16).toString('hex')}.invalid`;
}

/** What closes the HTTP API of a development server to all who do not know the name. */
export function apiArguments({ port, host }: ServerApi): string[] {
  return [
    ...['--http-port', String(port)],
    ...['--dynamic-config-value', `frontend.httpAllowedHosts=${JSON.stringify([host])}`],
  ];
}

/**
 * Starts the server, detached, with its output in the log file.
 *
 * @throws {Error} when the executable cannot be started, or not be put on record; then it does not run
 */
export function launchServer(
  executable: ServerExecutable,
  database: string,
  { port, apiPort }: Readonly<Record<'port' | 'apiPort', number>>,
  directory: DataDirectory,
): ServerState {
  const api = { port: apiPort, host: createApiHost() };
  const log = openPrivateLog(directory.logFile);
  const mask = process.umask(0o077); // the server's files are for this user alone; it inherits the mask
  try {
    const child = spawn(executable.file, serverArguments(database, port, api), {
      cwd: directory.path,
      env: executable.env,
      detached: true,
      stdio: ['ignore', log, log],
    });
    child.on('error', () => undefined); // no process id, which is reported below
    child.unref();
    const identity = child.pid === undefined ? undefined : processIdentity(child.pid);
    if (child.pid === undefined) throw new Error(`${executable.file} could not be started`);
    const state: ServerState = {
      ...(identity ?? { pid: child.pid, startTime: 'ended at once' }),
      port,
      api,
      version: executable.serverVersion,
      executable: executable.file,
      database,
      stopped: false,
    };
    try {
      saveServerState(directory, state);
    } catch (error) {
      process.kill(-child.pid, 'SIGKILL'); // it leads a group of its own; off the record no process would ever stop it
      throw error;
    }
    return state;
  } finally {
    process.umask(mask);
    closeSync(log);
  }
}

function serverArguments(database: string, port: number, api: ServerApi): string[] {
  return [
    ...['server', 'start-dev', '--namespace', NAMESPACE, '--db-filename', database],
    ...['--ip', '127.0.0.1', '--port', String(port)],
    // The UI would answer every program, under any name, with the right to do everything; `ui/` serves it.
    ...['--headless', ...apiArguments(api)],
    ...['--log-format', 'json', '--log-level', 'warn'],
    ...['--sqlite-pragma', 'journal_mode=wal', '--sqlite-pragma', 'synchronous=normal'],
    // Pages of 4 KiB; the default of 1,000 copies the log into the database so often that starts wait for it.
    ...['--sqlite-pragma', 'wal_autocheckpoint=10000'],
    ...Object.entries(DYNAMIC_CONFIG).flatMap(([key, value]) => [
      '--dynamic-config-value',
      `${key}=${JSON.stringify(value)}`,
    ]),
  ];
}
