// A process, made from its configuration: what every command that starts, serves or works on tasks has in common. Invariant: each
// part is made once, in one order, and closed in reverse.
import type { CallbackRules } from '../callbacks/rules.ts';
import type { Gate } from '../auth/index.ts';
import { createServices, type Services } from '../operations/services.ts';
import { openBreakers, type Breakers } from '../temporal/breaker/breakers.ts';
import type { TemporalTasks } from '../temporal/tasks/service.ts';
import { createConfiguredRules, toReceiver } from './callback-parts.ts';
import type { CommandContext } from './context.ts';
import { openDevCodec, type DevCodec } from './dev-codec.ts';
import type { Flags } from './flags.ts';
import { openGate } from './gate.ts';
import { checkLanes } from './lanes.ts';
import { openInOrder } from './open-in-order.ts';
import { openCluster, openTemporal, type InstalledConnection } from './open-temporal.ts';
import { openTargets } from './targets.ts';
import type { Targets } from '../operations/targets.ts';
import { createConfiguredTasks } from './task-service.ts';
import { loadSettings, type Role, type Settings } from './settings.ts';
import { openStorage, type OpenStorage } from './storage.ts';
import { openTelemetry, type Telemetry } from './telemetry.ts';
import { openUi } from './temporal-ui.ts';

/** What a process has before it reaches Temporal. */
export interface Process extends Settings, AsyncDisposable {
  /** `null` where every caller may, and in a process that serves none. */
  readonly gate: Gate | null;
  readonly telemetry: Telemetry;
  readonly callbacks: CallbackRules;
  /** Where upstreams reach the gateways: known once it listens, unless configured. */
  readonly receiver: { base: string | null };
  /** The codec server beside the UI; `null` but in `dev`. */
  readonly codec: DevCodec | null;
  readonly storage: OpenStorage;
  /** What operations share at run time. */
  readonly services: Services;
}

/** What a process reaches Temporal with. */
export interface Backend extends AsyncDisposable {
  readonly connected: InstalledConnection;
  readonly breakers: Breakers;
  readonly tasks: TemporalTasks;
  /** Workflows of others. */
  readonly targets: Targets;
  /** Of the Temporal UI that this process serves; `null` where it serves none. */
  readonly uiUrl: string | null;
}

export async function openProcess(
  context: CommandContext,
  flags: Flags,
  role: Role,
): Promise<Process> {
  const settings = await loadSettings(context, flags, role);
  const { config, registry, log, resolved, host } = settings;
  const isGateway = role === 'dev' || role === 'serve';
  const gate = isGateway ? await openGate(resolved.secret, config, registry, log) : null;
  const callbacks = createConfiguredRules(config, registry);
  return openInOrder(async (add) => {
    const telemetry = add(await openTelemetry(settings));
    const codec = role === 'dev' ? add(await openDevCodec(settings, gate)) : null;
    const storage = add(await openStorage(context, config, resolved));
    const services = add(createServices(host));
    return {
      ...settings,
      gate,
      callbacks,
      receiver: toReceiver(config),
      telemetry,
      codec,
      storage,
      services,
    };
  });
}

/** Reaches Temporal: with the embedded server, the UI of it where this process serves that, and the circuit breakers. */
export async function openBackend(parts: Process): Promise<Backend> {
  const { role, config, registry, log, codec } = parts;
  return openInOrder(async (add) => {
    const isOfFleet = role === 'serve' || role === 'worker';
    const temporal = add(await (isOfFleet ? openCluster(parts) : openTemporal(parts)));
    const { connected, serveUi } = temporal;
    checkLanes(registry, connected);
    const ui = add(await openUi(parts, codec, serveUi));
    if (ui) codec?.allow(ui.url);
    const { client, namespace } = connected;
    const breakers = add(
      await openBreakers({
        ...{ client, namespace, taskQueue: config.temporal.taskQueue, registry, log },
        isShared: config.auth.mode === 'none',
      }),
    );
    const targets = add(openTargets(parts, registry, connected));
    const tasks = createConfiguredTasks(parts, { connected, breakers, targets });
    return { connected, breakers, tasks, targets, uiUrl: ui?.url ?? null };
  });
}
