// What a command is seen by, as its configuration says. Invariant: where nothing is configured nothing is loaded, and
// nothing stands between a call and its answer.
import type { LoadedConfig } from '../config/index.ts';
import { toAttemptQueue } from '../contract/attempt-queue.ts';
import type { WorkerObserver } from '../contract/observation.ts';
import type { TraceContext } from '../contract/trace.ts';
import { CONTROL_TOOL_NAMES } from '../mcp/control/tools.ts';
import type { OnRefusal } from '../mcp/refusal.ts';
import { createHostGuard, createProbeGuard } from '../mcp/http/hosts.ts';
import type { RequestObserver } from '../observability/index.ts';
import type { Registry } from '../operations/registry.ts';
import type { TaskService } from '../tasks/service.ts';
import type { TemporalConnection } from '../temporal/connection/connection.ts';
import type { Breakers } from '../temporal/breaker/breakers.ts';
import { freePort } from '../local/index.ts';
import { createFleetStatus } from '../temporal/operator/fleet-status.ts';
import type { SdkMetrics } from '../temporal/connection/runtime.ts';
import type { Log } from './log.ts';
import { VERSION } from './version.ts';

/** The eyes of a command. */
export interface Telemetry extends AsyncDisposable {
  /** Of the page of metrics; `null` where there is none. */
  readonly pageUrl: string | null;
  /** For the SDK's runtime, which is installed before the first connection. */
  readonly sdkMetrics: SdkMetrics | null;
  /** The trace that a task is started in; `null` where nobody traces. */
  readonly currentTrace: (() => TraceContext | null) | null;
  readonly observeRequest: RequestObserver | null;
  /** `null` where nobody measures. */
  readonly onRefusal: OnRefusal | null;
  /** For the worker; `null` where nobody watches. */
  readonly observer: WorkerObserver | null;
  /** Puts the eyes around the task service. */
  observeTasks(tasks: TaskService): TaskService;
  /** Looks at the fleet from now on, until the eyes are closed. */
  watchFleet(connected: TemporalConnection, breakers: Pick<Breakers, 'states'>): void;
}

const BLIND: Telemetry = {
  pageUrl: null,
  sdkMetrics: null,
  currentTrace: null,
  observeRequest: null,
  onRefusal: null,
  observer: null,
  observeTasks: (tasks) => tasks,
  watchFleet: () => undefined,
  [Symbol.asyncDispose]: () => Promise.resolve(),
};

/** A circuit breaker as a number, worst highest. */
const BREAKER = { closed: 0, half_open: 1, open: 2 } as const;

/** The address of the SDK's own page, which nobody but ours reads. */
const LOOPBACK = '127.0.0.1';

/** The same for a process that nobody watches start: one that cannot be seen works all the same, and says so. */
export async function openTelemetryIfPossible(
  config: LoadedConfig,
  registry: Registry,
  log: Pick<Log, 'warn'>,
): Promise<Telemetry> {
  return openTelemetry(config, registry, 'worker').catch((error: unknown) => {
    log.warn('nothing of this process can be seen', { error: (error as Error).message });
    return BLIND;
  });
}

/**
 * Opens the eyes of a process.
 *
 * @param role what the process is; a `session` of stdio serves no page, since there are many of them on one machine
 * @throws {Error} with one sentence when the page cannot be served
 */
export async function openTelemetry(
  config: LoadedConfig,
  registry: Registry,
  role: 'dev' | 'serve' | 'worker' | 'session',
): Promise<Telemetry> {
  const { metricsPort, metricsHost, metricsPrefix, otlpEndpoint, traceSampleRatio } =
    config.observability;
  const servesPage = metricsPort !== null && role !== 'session';
  if (!servesPage && otlpEndpoint === null) return BLIND;
  const eyes = await import('../observability/index.ts');
  const sdkPort = servesPage ? await freePort() : 0;
  const open = await eyes.openTelemetry({
    version: VERSION,
    role,
    prefix: metricsPrefix,
    page: servesPage
      ? {
          host: metricsHost,
          port: metricsPort,
          isAllowedHost: createProbeGuard(
            metricsHost,
            createHostGuard(metricsHost, config.server.allowedHosts),
          ),
          sdkUrl: `http://${LOOPBACK}:${sdkPort}/metrics`,
        }
      : null,
    collector: otlpEndpoint === null ? null : { url: otlpEndpoint, traceSampleRatio },
  });
  const { instruments, spans } = open;
  const operations = registry.all.map(({ operation }) => operation.name);
  instruments.observe('alert_failure_ratio', () => [[config.observability.alertOnFailureRate, {}]]);
  instruments.observe('sla_seconds', () =>
    registry.all.map(({ operation, policy }) => [
      operation.policy.slaSeconds ?? policy.totalMs / 1000,
      { operation: operation.name },
    ]),
  );
  let looking: AsyncDisposable | null = null;
  const isWorker = role === 'dev' || role === 'worker';
  return {
    pageUrl: open.pageUrl,
    sdkMetrics: servesPage
      ? { page: { host: LOOPBACK, port: sdkPort } }
      : { collector: { url: `${otlpEndpoint?.replace(/\/$/, '') ?? ''}/v1/metrics`, headers: {} } },
    currentTrace: spans && (() => spans.current()),
    observeRequest: eyes.createRequestObserver(CONTROL_TOOL_NAMES, instruments),
    onRefusal: eyes.createRefusalObserver(CONTROL_TOOL_NAMES, operations, instruments),
    observer: isWorker ? eyes.createWorkerObserver(operations, instruments, spans) : null,
    observeTasks: (tasks) => eyes.observeTasks({ tasks, instruments, spans }),
    watchFleet: ({ client, namespace }, breakers) => {
      instruments.observe('breaker_state', () =>
        breakers.states().map(({ operation, state }) => [BREAKER[state], { operation }]),
      );
      instruments.observe('breaker_principals_open', () =>
        breakers.states().map(({ operation, ownOpen }) => [ownOpen, { operation }]),
      );
      const { taskQueue } = config.temporal;
      const queues = registry.all.map(({ operation, policy }) =>
        toAttemptQueue(taskQueue, operation.name, policy),
      );
      const limited = queues.filter((queue) => queue !== taskQueue);
      const fleet = createFleetStatus(client, namespace, taskQueue, limited);
      looking = eyes.watchFleet(fleet, operations, instruments);
    },
    [Symbol.asyncDispose]: async () => {
      await looking?.[Symbol.asyncDispose]();
      await open[Symbol.asyncDispose]();
    },
  };
}
