// The task service of a process, made from its configuration.
import type { CallbackRules } from '../callbacks/rules.ts';
import type { Targets } from '../operations/targets.ts';
import type { Breakers } from '../temporal/breaker/breakers.ts';
import { createTaskService, type TemporalTasks } from '../temporal/tasks/service.ts';
import { liveBackgroundWorker } from './background/state.ts';
import type { InstalledConnection } from './open-temporal.ts';
import type { Role, Settings } from './settings.ts';
import type { OpenStorage } from './storage.ts';

/** What it is made from; commands that start no tasks leave out what only starts need. */
interface TaskParts extends Pick<Settings, 'role' | 'config' | 'registry' | 'offered'> {
  readonly callbacks?: CallbackRules;
  readonly receiver?: { readonly base: string | null };
  readonly storage?: OpenStorage;
}

/** Roles that tell agents when to ask again. */
const WITH_AGENTS: readonly Role[] = ['dev', 'serve', 'stdio'];

export function createConfiguredTasks(
  { role, config, registry, offered, callbacks, receiver, storage }: TaskParts,
  {
    connected,
    breakers,
    targets,
  }: {
    readonly connected: InstalledConnection;
    readonly breakers?: Breakers;
    readonly targets?: Targets;
  },
): TemporalTasks {
  const { client, namespace, retentionMs, hasActivityLane, currentTrace } = connected;
  const { encryption, installationKey } = connected;
  const { taskQueue, startDeadlineMs } = config.temporal;
  for (const name of Object.keys(config.limits.operations)) registry.get(name);
  return createTaskService({
    client,
    namespace,
    registry: offered,
    taskQueue,
    startDeadlineMs,
    retentionMs,
    hasActivityLane,
    currentTrace,
    eager: role === 'dev', // its worker shares the connection
    ...(role === 'stdio' && {
      isWorkerStarting: () => liveBackgroundWorker(config.dataDirectory)?.stopped === false,
    }),
    limits: config.limits,
    fairness: config.limits.fairness,
    files: storage?.files ?? null,
    maxInlineBytes: config.storage.inlineLimitBytes,
    breakers: breakers ?? null,
    targets: targets ?? null,
    nameKey: encryption?.nameKey ?? null,
    installationKey,
    learns: WITH_AGENTS.includes(role),
    ...(callbacks && { callbacks }),
    callbackBase: () => receiver?.base ?? null,
  });
}
