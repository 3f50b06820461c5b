// A process, made from its configuration: what every command that starts, serves or works on tasks has in common. Invariant: each
// part is made once, in one order, and closed in reverse.
import type { CallbackRules } from '../callbacks/rules.ts';
import type { Gate } from '../auth/index.ts';
import type { LoadedConfig } from '../config/index.ts';
import type { Registry } from '../operations/registry.ts';
import { createSecretReader } from '../operations/secrets.ts';
import { createServices, type Services } from '../operations/services.ts';
import { openBreakers, type Breakers } from '../temporal/breaker/breakers.ts';
import { BACKGROUND_ROLE } from './background/state.ts';
import { createConfiguredRules } from './callback-parts.ts';
import { createConfiguredRegistry, loadConfiguration } from './configuration.ts';
import type { CommandContext } from './context.ts';
import { openDevCodec, type DevCodec } from './dev-codec.ts';
import type { Flags } from './flags.ts';
import { openGate } from './gate.ts';
import { openLog, type Log } from './log.ts';
import { openInOrder } from './open-in-order.ts';
import { openCluster, openTemporal, type InstalledConnection } from './open-temporal.ts';
import { createResolved, type Resolved } from './resolved.ts';
import { openStorage, type OpenStorage } from './storage.ts';
import { openTelemetry, openTelemetryIfPossible, type Telemetry } from './telemetry.ts';
import { openUi, openUiIfPossible } from './temporal-ui.ts';

/** What a process is, also for others on its data directory. */
export type Role = 'dev' | 'serve' | 'worker' | 'stdio' | typeof BACKGROUND_ROLE;

/** What a process has before it reaches Temporal. */
export interface Process extends AsyncDisposable {
  readonly context: CommandContext;
  readonly flags: Flags;
  readonly role: Role;
  readonly config: LoadedConfig;
  readonly registry: Registry;
  readonly log: Log;
  /** Receives lines for people: progress, and what befalls the server. */
  readonly report: (line: string) => void;
  /** `null` where everybody may call, and where nobody calls. */
  readonly gate: Gate | null;
  readonly telemetry: Telemetry;
  readonly resolved: Resolved;
  readonly callbacks: CallbackRules;
  /** The codec server beside the UI; `null` but in `dev`. */
  readonly codec: DevCodec | null;
  readonly storage: OpenStorage;
  /** Reads a secret by reference, at the moment of use. */
  readonly secret: (reference: string) => Promise<string>;
  /** What operations share at run time. */
  readonly services: Services;
}

/** What a process reaches Temporal with. */
export interface Backend extends AsyncDisposable {
  readonly connected: InstalledConnection;
  readonly breakers: Breakers;
  /** Of the Temporal UI that this process serves; `null` where it serves none. */
  readonly uiUrl: string | null;
}

/** Opens all that needs no Temporal. */
export async function openProcess(
  context: CommandContext,
  flags: Flags,
  role: Role,
): Promise<Process> {
  // Sessions of clients start the background worker, and its file may have changed since theirs was approved.
  const startedBy = role === 'stdio' || role === BACKGROUND_ROLE ? 'client' : 'person';
  const config = await loadConfiguration(context, flags, startedBy);
  const registry = createConfiguredRegistry(config);
  const log = openLog(context, config.observability.logLevel);
  const report = (line: string): void => {
    if (role === 'dev') context.stderr.write(`${line}\n`);
    else log.info(line);
  };
  const isGateway = role === 'dev' || role === 'serve';
  const gate = isGateway ? await openGate(context, config, registry, log) : null;
  const resolved = createResolved(context, config);
  const callbacks = createConfiguredRules(config, registry);
  const secret = createSecretReader({ env: context.env, baseDirectory: config.directory });
  const made = {
    context,
    flags,
    role,
    config,
    registry,
    log,
    report,
    gate,
    resolved,
    callbacks,
    secret,
  };
  return openInOrder(async (add) => {
    const telemetry = add(
      role === BACKGROUND_ROLE
        ? await openTelemetryIfPossible(config, registry, log)
        : await openTelemetry(config, registry, role === 'stdio' ? 'session' : role),
    );
    const codec =
      role === 'dev' ? add(await openDevCodec(context, config, resolved, gate, log)) : null;
    const storage = add(await openStorage(context, config, resolved));
    const services = add(createServices({ secret }));
    return { ...made, telemetry, codec, storage, services };
  });
}

/** Reaches Temporal: with the embedded server, the UI of it where this process serves that, and the circuit breakers. */
export async function openBackend(parts: Process): Promise<Backend> {
  const { context, role, config, registry, log, report, codec } = parts;
  return openInOrder(async (add) => {
    const isOfFleet = role === 'serve' || role === 'worker';
    const temporal = add(await (isOfFleet ? openCluster(parts) : openTemporal(parts, role)));
    const { connected, serveUi } = temporal;
    const uiParts = { codecUrl: codec?.url ?? null, report, log };
    const open = role === 'dev' ? openUi : openUiIfPossible;
    const ui = role === 'stdio' ? null : add(await open(context, config, serveUi, uiParts));
    if (ui) codec?.allow(ui.url);
    const { client, namespace } = connected;
    const breakers = add(
      await openBreakers({
        ...{ client, namespace, taskQueue: config.temporal.taskQueue, registry, log },
        isShared: config.auth.mode === 'none',
      }),
    );
    return { connected, breakers, uiUrl: ui?.url ?? null };
  });
}
