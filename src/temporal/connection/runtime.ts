// The SDK's native runtime: one per process, made before the first connection. By default its logs go to stdout, which
// would corrupt MCP on stdio, and it takes the process's signals for itself.
import { IllegalStateError, type LogLevel, type LogMetadata } from '@temporalio/common';
import { Runtime, type MetricsExporterConfig, type RuntimeOptions } from '@temporalio/worker';
import { withoutPrincipal } from '../worker/log-fields.ts';

/** Where the SDK's log lines go. Most are for a debugger, so their fields are made for those that are written. */
export type LogSink = (
  level: 'trace' | 'debug' | 'info' | 'warn' | 'error',
  message: string,
  toFields: () => Readonly<Record<string, unknown>>,
) => void;

/** Where the SDK's own metrics go: to a page that is read here, or to a collector. */
export type SdkMetrics =
  | { readonly page: { readonly host: string; readonly port: number } }
  | { readonly collector: { readonly url: string; readonly headers: Record<string, string> } };

/** How often the SDK's metrics are sent to a collector, in milliseconds. */
const SEND_MS = 15_000;

/**
 * Installs the runtime, right before a connection is opened: it keeps the process alive until its last connection is
 * closed, so one without a connection would keep it for ever. Repeating it while it lives changes nothing.
 */
export function installRuntime(sink: LogSink, metrics: SdkMetrics | null = null): void {
  const write = (level: LogLevel, message: string, meta: LogMetadata = {}) => {
    sink(level.toLowerCase() as Parameters<LogSink>[0], message, () => {
      const fields: Record<string, unknown> = { ...withoutPrincipal({ ...meta }) };
      delete fields['taskToken']; // bytes that say nothing to a reader
      return fields;
    });
  };
  const at = (level: LogLevel) => (message: string, meta?: LogMetadata) => {
    write(level, message, meta);
  };
  const options: RuntimeOptions = {
    logger: {
      log: write,
      trace: at('TRACE'),
      debug: at('DEBUG'),
      info: at('INFO'),
      warn: at('WARN'),
      error: at('ERROR'),
    },
    telemetryOptions: {
      logging: { filter: { core: 'WARN', other: 'ERROR' }, forward: {} },
      ...(metrics && { metrics: toExporter(metrics) }),
    },
    shutdownSignals: [],
  };
  try {
    Runtime.install(options);
  } catch (failure) {
    if (!(failure instanceof IllegalStateError)) throw failure; // it is there already
  }
}

function toExporter(metrics: SdkMetrics): MetricsExporterConfig {
  if ('page' in metrics) {
    const { host, port } = metrics.page;
    return {
      prometheus: {
        bindAddress: `${host}:${port}`,
        countersTotalSuffix: true,
        unitSuffix: true,
        useSecondsForDurations: true,
      },
    };
  }
  const { url, headers } = metrics.collector;
  return {
    otel: {
      url,
      http: true,
      headers,
      metricsExportInterval: SEND_MS,
      useSecondsForDurations: true,
    },
  };
}
