// What every command that uses Temporal or serves callers goes by. Invariant: a process loads it once.
import type { LoadedConfig } from '../config/index.ts';
import { createLiveRegistry, type Registry } from '../operations/registry.ts';
import { BACKGROUND_ROLE } from './background/state.ts';
import { createConfiguredRegistry, loadConfiguration, toOffered } from './configuration.ts';
import type { CommandContext } from './context.ts';
import type { Flags } from './flags.ts';
import type { ServiceHost } from '../operations/services.ts';
import { createServiceHost } from './service-host.ts';
import { openUpstreams, type Listed, type Upstreams } from './upstreams/upstreams.ts';
import { openLog, type Log } from './log.ts';
import { createResolved, type Resolved } from './resolved.ts';

/** What a process is, also for others on its data directory: it works for callers, or answers an operator. */
export type Role = 'dev' | 'codec' | Service | Answer;
type Service = 'serve' | 'worker' | 'stdio' | typeof BACKGROUND_ROLE;
type Answer = (typeof ANSWERS)[number];

/** Their answer is what the terminal is for, so they log errors alone. */
const ANSWERS = ['tasks', 'breakers', 'doctor', 'import', 'try', 'upstreams'] as const;

/** A configuration, and what follows from it. */
export interface Settings {
  readonly context: CommandContext;
  readonly flags: Flags;
  readonly role: Role;
  readonly config: LoadedConfig;
  readonly registry: Registry;
  /** The operations that agents can start here: without those that are switched off, whose tasks are read all the same. */
  readonly offered: Registry;
  /** Where the operations of other servers come from. */
  readonly upstreams: Upstreams;
  readonly log: Log;
  /** Receives lines for people: progress, and what happens to the embedded server. */
  readonly report: (line: string) => void;
  readonly resolved: Resolved;
  /** What operations open their connections with. */
  readonly host: ServiceHost;
}

export async function loadSettings(
  context: CommandContext,
  flags: Flags,
  role: Role,
): Promise<Settings> {
  // Sessions of clients start the background worker, and its file may have changed since theirs was approved.
  const isOfClient = role === 'stdio' || role === BACKGROUND_ROLE;
  const startedBy = isOfClient ? 'client' : 'person';
  const loaded = context.config ?? (await loadConfiguration(context, flags, startedBy));
  const isAnswer = ANSWERS.some((answer) => answer === role);
  const log = openLog(context, isAnswer ? 'error' : loaded.observability.logLevel);
  const resolved = createResolved(context, loaded, log);
  const host = createServiceHost(context, resolved, log);
  const upstreams = await openUpstreams(loaded, host, toListed(role));
  const create = () => {
    const { fingerprint } = upstreams;
    const config = { ...loaded, operations: upstreams.operations(), fingerprint };
    const registry = createConfiguredRegistry(config);
    return { config, registry, offered: toOffered(config, registry) };
  };
  const first = create();
  const { config } = first;
  const registry = createLiveRegistry(first.registry);
  const offered = createLiveRegistry(first.offered);
  if (!isAnswer) {
    upstreams.onChange?.(() => {
      const next = create();
      registry.replace(next.registry);
      offered.replace(next.offered);
    });
  }
  const print = (line: string): void => void context.stderr.write(`${line}\n`);
  return {
    ...{ context, flags, role, config, registry, offered, upstreams, log },
    report:
      isAnswer || role === 'dev'
        ? print
        : (line) => {
            log.info(line);
          },
    ...{ resolved, host },
  };
}

/** Commands that answer start no servers; sessions of clients have no time to, but the first time. */
function toListed(role: Role): Listed {
  if (role === 'stdio' || role === BACKGROUND_ROLE) return 'asks once';
  return role === 'codec' || ANSWERS.some((answer) => answer === role) ? 'keeps' : 'asks';
}
