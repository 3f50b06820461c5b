// The SDK's native runtime: one per process, made before the first connection. By default its logs go to stdout, which
// would corrupt MCP on stdio, and it takes the process's signals for itself.
import { IllegalStateError, type LogLevel, type LogMetadata } from '@temporalio/common';
import { Runtime, type RuntimeOptions } from '@temporalio/worker';

/** Where the SDK's log lines go. */
export type LogSink = (
  level: 'trace' | 'debug' | 'info' | 'warn' | 'error',
  message: string,
  fields: Readonly<Record<string, unknown>>,
) => void;

/**
 * Installs the runtime, right before a connection is opened: it keeps the process alive until its last connection is
 * closed, so one without a connection would keep it for ever. Repeating it while it lives changes nothing.
 */
export function installRuntime(sink: LogSink): void {
  const write = (level: LogLevel, message: string, meta: LogMetadata = {}) => {
    const fields: Record<string, unknown> = { ...meta };
    delete fields['taskToken']; // bytes that say nothing to a reader
    sink(level.toLowerCase() as Parameters<LogSink>[0], message, fields);
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
    telemetryOptions: { logging: { filter: { core: 'WARN', other: 'ERROR' }, forward: {} } },
    shutdownSignals: [],
  };
  try {
    Runtime.install(options);
  } catch (failure) {
    if (!(failure instanceof IllegalStateError)) throw failure; // it is there already
  }
}
