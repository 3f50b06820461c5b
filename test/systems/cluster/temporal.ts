// temporal-server on PostgreSQL, with the environment, the dynamic configuration and the scripts of docker-compose.yml.
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { freePort } from '../../../src/local/ports.ts';
import type { ComposeProject } from '../../deploy/compose-file.ts';
import type { Home } from '../../support/processes/home.ts';
import { findTestCli } from '../../support/temporal/server.ts';
import type { Binaries } from './binaries.ts';
import type { Postgres } from './postgres.ts';

/** A running server. */
export interface ClusterTemporal extends AsyncDisposable {
  /** `host:port` of the frontend, the same across restarts. */
  readonly address: string;
  /** SIGTERM, and a new one as soon as it is gone. */
  restart(): Promise<void>;
  /** kill -9, and a new one as soon as it can start. */
  kill(): Promise<void>;
  /** How often it ended by itself and was started again, as `restart: unless-stopped` does. */
  readonly restarts: number;
  /** What it wrote last. */
  readonly log: () => string;
}

/** What a server needs. */
export interface ClusterTemporalOptions {
  readonly binaries: Binaries;
  readonly compose: ComposeProject;
  readonly postgres: Postgres;
  /** A folder for what it keeps. */
  readonly home: Home;
}

const DEPLOY = fileURLToPath(new URL('../../../deploy/temporal', import.meta.url));
const MEMBERS = ['FRONTEND', 'MATCHING', 'HISTORY', 'WORKER'];
const GRACE_MS = 30_000;
const run = promisify(execFile);

/** Sets the schema up, starts the server, and creates its namespace. */
export async function startClusterTemporal(
  options: ClusterTemporalOptions,
): Promise<ClusterTemporal> {
  const { binaries, compose, postgres, home } = options;
  const PATH = [binaries.temporal, home.path, process.env['PATH'] ?? ''].join(':');
  const of = (name: string) => compose.services[name]?.environment ?? {};
  const script = async (name: string, env: Record<string, string>) =>
    run('/bin/sh', [join(DEPLOY, name)], { env: { ...env, PATH, HOME: home.path } });

  await script('setup-schema.sh', {
    ...of('schema'),
    SQL_HOST: '127.0.0.1',
    SQL_PORT: String(postgres.port),
    SCHEMAS: binaries.schemas,
  });

  const ports: number[] = [];
  const port = async () => {
    const free = await freePort(ports);
    ports.push(free);
    return String(free);
  };
  const env: Record<string, string> = {
    ...of('temporal'),
    POSTGRES_SEEDS: '127.0.0.1',
    DB_PORT: String(postgres.port),
    BIND_ON_IP: '127.0.0.1',
    DYNAMIC_CONFIG_FILE_PATH: join(DEPLOY, 'dynamic-config.yaml'),
    FRONTEND_HTTP_PORT: await port(),
    PATH,
    HOME: home.path,
  };
  for (const member of MEMBERS) {
    env[`${member}_GRPC_PORT`] = await port();
    env[`${member}_MEMBERSHIP_PORT`] = await port();
  }
  const address = `127.0.0.1:${env['FRONTEND_GRPC_PORT'] ?? ''}`;

  let log = '';
  let wanted = true;
  let restarts = -1;
  let child: ChildProcess | null = null;
  const supervise = async (): Promise<void> => {
    while (wanted) {
      restarts += 1;
      const running = spawn(
        join(binaries.temporal, 'temporal-server'),
        ['--allow-no-auth', 'start'],
        {
          cwd: home.path,
          env,
          stdio: ['ignore', 'pipe', 'pipe'],
        },
      );
      child = running;
      for (const stream of [running.stdout, running.stderr]) {
        stream.setEncoding('utf8').on('data', (text: string) => {
          log = (log + text).slice(-20_000);
        });
      }
      await once(running, 'exit');
      await sleep(500);
    }
  };
  const supervised = supervise();
  const end = async (signal: NodeJS.Signals = 'SIGTERM'): Promise<void> => {
    const running = child;
    if (!running) return;
    const exit = once(running, 'exit');
    running.kill(signal);
    const late = setTimeout(() => running.kill('SIGKILL'), GRACE_MS);
    await exit;
    clearTimeout(late);
  };
  const stop = async (): Promise<void> => {
    wanted = false;
    await end();
    await supervised;
  };

  const namespace = of('namespace');
  try {
    await symlink((await findTestCli()).file, join(home.path, 'temporal'));
    await script('create-namespace.sh', { ...namespace, TEMPORAL_ADDRESS: address });
  } catch (cause) {
    await stop();
    throw new Error(`temporal-server did not get ready:\n${log}`, { cause });
  }
  let ordered = 0;
  return {
    address,
    restart: async () => {
      ordered += 1;
      await end();
    },
    kill: async () => {
      ordered += 1;
      await end('SIGKILL');
    },
    get restarts() {
      return restarts - ordered;
    },
    log: () => log,
    [Symbol.asyncDispose]: stop,
  };
}
