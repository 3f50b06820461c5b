// Metrics and traces of a process, as its configuration says. Invariant: where nothing is configured nothing is loaded, and
// nothing stands between a call and its answer.
import { toAttemptQueue } from '../contract/workflow/attempt-queue.ts';
import type { WorkerObserver } from '../contract/workflow/observation.ts';
import type { TraceContext } from '../contract/trace.ts';
import { CONTROL_TOOL_NAMES } from '../mcp/control/tools.ts';
import type { OnRefusal } from '../mcp/refusal.ts';
import { createHostGuard, createProbeGuard } from '../http/guards.ts';
import type { RequestObserver } from '../observability/index.ts';
import type { TaskService } from '../tasks/service.ts';
import type { TemporalConnection } from '../temporal/connection/connection.ts';
import type { Breakers } from '../temporal/breaker/breakers.ts';
import { freePort } from '../local/index.ts';
import { createFleetStatus } from '../temporal/operator/fleet-status.ts';
import type { SdkMetrics } from '../temporal/connection/runtime.ts';
import { BACKGROUND_ROLE } from './background/state.ts';
import type { Settings } from './settings.ts';
import { VERSION } from './version.ts';

export interface Telemetry extends AsyncDisposable {
  /** Of the page of metrics; `null` where there is none. */
  readonly pageUrl: string | null;
  /** For the SDK's runtime, which is installed before the first connection. */
  readonly sdkMetrics: SdkMetrics | null;
  /** The trace that a task is started in; `null` without traces. */
  readonly currentTrace: (() => TraceContext | null) | null;
  readonly observeRequest: RequestObserver | null;
  /** `null` without metrics. */
  readonly onRefusal: OnRefusal | null;
  /** For the worker; `null` without metrics and traces. */
  readonly observer: WorkerObserver | null;
  /** The task service, with its calls measured and traced. */
  observeTasks(tasks: TaskService): TaskService;
  /** Measures the fleet from now on, until the telemetry is closed. */
  watchFleet(connected: TemporalConnection, breakers: Pick<Breakers, 'states'>): void;
}

const NO_TELEMETRY: Telemetry = {
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

/** The address of the SDK's own page, which only ours reads. */
const LOOPBACK = '127.0.0.1';

/**
 * Opens the telemetry of a process. Sessions of stdio serve no page, since there are many of them on one machine; a background
 * worker, whose start no one sees, works without telemetry where it cannot be opened.
 *
 * @throws {Error} with one sentence when the page cannot be served
 */
export async function openTelemetry(settings: Settings): Promise<Telemetry> {
  const { role, log } = settings;
  if (role === 'dev' || role === 'serve' || role === 'worker') return open(settings, role);
  if (role !== BACKGROUND_ROLE) return open(settings, 'session');
  return open(settings, 'worker').catch((error: unknown) => {
    log.warn('this process has no telemetry', { error: (error as Error).message });
    return NO_TELEMETRY;
  });
}

async function open(
  { config, registry, upstreams, log }: Settings,
  role: 'dev' | 'serve' | 'worker' | 'session',
): Promise<Telemetry> {
  const { metricsPort, metricsHost, metricsPrefix, otlpEndpoint, traceSampleRatio } =
    config.observability;
  const servesPage = metricsPort !== null && role !== 'session';
  if (!servesPage && otlpEndpoint === null) return NO_TELEMETRY;
  const observability = await import('../observability/index.ts');
  const sdkPort = servesPage ? await freePort() : 0;
  const opened = await observability.openTelemetry({
    version: VERSION,
    role,
    prefix: metricsPrefix,
    page: servesPage
      ? {
          host: metricsHost,
          port: metricsPort,
          hostGuard: createProbeGuard(
            metricsHost,
            createHostGuard(metricsHost, config.server.allowedHosts),
          ),
          sdkUrl: `http://${LOOPBACK}:${sdkPort}/metrics`,
        }
      : null,
    collector: otlpEndpoint === null ? null : { url: otlpEndpoint, traceSampleRatio },
    onSendingFailed: (error) => {
      const collector = otlpEndpoint && new URL(otlpEndpoint).origin;
      log.warn('metrics or traces could not be sent to the collector', { collector, error });
    },
  });
  const { instruments, spans } = opened;
  const operations = registry.all.map(({ operation }) => operation.name);
  instruments.observe('alert_failure_ratio', () => [[config.observability.alertOnFailureRate, {}]]);
  instruments.observe('sla_seconds', () =>
    registry.all.map(({ operation, policy }) => [
      operation.policy.slaSeconds ?? policy.totalMs / 1000,
      { operation: operation.name },
    ]),
  );
  const readUpstreams = (key: 'connections' | 'failures') => () =>
    [...upstreams.health.read()].map(([upstream, health]) => [health[key], { upstream }] as const);
  instruments.observe('upstream_connections', readUpstreams('connections'));
  instruments.observe('upstream_failures', readUpstreams('failures'));
  let watching: AsyncDisposable | null = null;
  const isWorker = role === 'dev' || role === 'worker';
  return {
    pageUrl: opened.pageUrl,
    sdkMetrics: servesPage
      ? { page: { host: LOOPBACK, port: sdkPort } }
      : { collector: { url: `${otlpEndpoint?.replace(/\/$/, '') ?? ''}/v1/metrics`, headers: {} } },
    currentTrace: spans && (() => spans.current()),
    observeRequest: observability.createRequestObserver(CONTROL_TOOL_NAMES, instruments),
    onRefusal: observability.createRefusalObserver(CONTROL_TOOL_NAMES, operations, instruments),
    observer: isWorker ? observability.createWorkerObserver(operations, instruments, spans) : null,
    observeTasks: (tasks) => observability.observeTasks({ tasks, instruments, spans }),
    watchFleet: (connected, breakers) => {
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
      const fleet = createFleetStatus({ ...connected, taskQueue, limited });
      watching = observability.watchFleet(fleet, operations, instruments);
    },
    [Symbol.asyncDispose]: async () => {
      await watching?.[Symbol.asyncDispose]();
      await opened[Symbol.asyncDispose]();
    },
  };
}
