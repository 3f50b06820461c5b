// Gateways and workers as processes. Each can be killed, replaced or stopped, and comes back at the same address.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../src/local/ports.ts';
import { createHome, type Home } from '../support/processes/home.ts';
import { startLonghaul, type Longhaul } from '../support/processes/longhaul.ts';

/** The variable that tells a process which member of the fleet it is. */
export const MEMBER = 'FLEET_MEMBER';

/** How the next process of a member is started. */
export interface Launch {
  /** `worker` has no address; `dev` brings its own Temporal server. */
  readonly command: 'dev' | 'serve' | 'worker';
  readonly env?: Readonly<Record<string, string>>;
  /** Another version's CLI. Default: the build of this one. */
  readonly cli?: string;
}

/** The processes, by the names of their members. Killed with their scope. */
export interface Fleet<Name extends string> extends AsyncDisposable {
  /** The folder in which they run. */
  readonly home: Home;
  /** The configuration file of all of them. */
  readonly configuration: string;
  /** The MCP endpoint of a member; the same for all of its processes. */
  mcpUrl(name: Name): string;
  /** Starts a member; resolves when it is ready. */
  start(name: Name): Promise<Longhaul>;
  /** SIGTERM. */
  stop(name: Name): Promise<void>;
  /** SIGTERM, and the next process as soon as it is gone, as a deployment does; resolves when that is ready. */
  replace(name: Name): Promise<void>;
  /** kill -9, and the next process. */
  kill(name: Name): Promise<void>;
  /** The process of a member that runs now. */
  processOf(name: Name): Longhaul;
  /** The member that a process is, or was. */
  nameOf(pid: number): Name | null;
  /** What ended though the run did not end it, with what it wrote last. */
  readonly endedByItself: readonly string[];
}

/**
 * How often a process is started until it stays: one that finds no Temporal at its start ends, and is started again by
 * what supervises it.
 */
const TRIES = 5;

/** What is kept of a process's last words, in characters. */
const LAST_WORDS = 500;

/** Creates a fleet of which nothing runs yet. The configuration is a text in YAML, or a file. */
export async function createFleet<Name extends string>(
  configuration: string | URL,
  launches: Readonly<Record<Name, () => Launch>>,
): Promise<Fleet<Name>> {
  const home = await createHome();
  const file =
    configuration instanceof URL
      ? fileURLToPath(configuration)
      : join(home.path, 'longhaul.config.yaml');
  if (!(configuration instanceof URL)) await writeFile(file, configuration);
  const ports = new Map<Name, number>();
  for (const name of Object.keys(launches) as Name[]) ports.set(name, await freePort());

  const running = new Map<Name, Longhaul>();
  const known = new Map<number, Name>();
  const endedByItself: string[] = [];
  const launch = async (name: Name, tries: number): Promise<Longhaul> => {
    const { command, env, ...options } = launches[name]();
    const port = command === 'worker' ? [] : ['--port', String(ports.get(name))];
    const flags = ['--config', file, ...port];
    return startLonghaul(command, flags, {
      ...{ cwd: home.path, env: { [MEMBER]: name, ...env } },
      ...options,
    }).catch(async (error: unknown) => {
      if (tries <= 1) throw error;
      await sleep(1000);
      return launch(name, tries - 1);
    });
  };
  const start = async (name: Name): Promise<Longhaul> => {
    const process = await launch(name, TRIES);
    running.set(name, process);
    known.set(process.pid, name);
    void process.exit.then((code) => {
      if (running.get(name) !== process) return;
      const words = process.log().slice(-LAST_WORDS);
      endedByItself.push(`${name} ended by itself with ${code ?? 'a signal'}: ${words}`);
    });
    return process;
  };
  const end = async (name: Name, how: 'stop' | 'kill'): Promise<void> => {
    const process = running.get(name);
    running.delete(name);
    await process?.[how]();
  };
  return {
    home,
    configuration: file,
    mcpUrl: (name) => `http://127.0.0.1:${ports.get(name)}/mcp`,
    start,
    stop: async (name) => end(name, 'stop'),
    replace: async (name) => {
      await end(name, 'stop');
      await start(name);
    },
    kill: async (name) => {
      await end(name, 'kill');
      await start(name);
    },
    processOf: (name) => {
      const process = running.get(name);
      if (!process) throw new Error(`${name} does not run`);
      return process;
    },
    nameOf: (pid) => known.get(pid) ?? null,
    endedByItself,
    [Symbol.asyncDispose]: async () => {
      await Promise.all([...running.keys()].map(async (name) => end(name, 'kill')));
      await home[Symbol.asyncDispose]();
    },
  };
}
