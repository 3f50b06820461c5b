// The SDK's native runtime: one per process, made before the first connection. By default its logs go to stdout, which
// would corrupt MCP on stdio, and it takes the process's signals for itself.
import type { LogLevel, LogMetadata } from '@temporalio/common';
import { Runtime } from '@temporalio/worker';

/** Where the SDK's log lines go. */
export type LogSink = (
  level: 'trace' | 'debug' | 'info' | 'warn' | 'error',
  message: string,
  fields: Readonly<Record<string, unknown>>,
) => void;

/** Installs the runtime; call it once, before anything of Temporal's. */
export function installRuntime(sink: LogSink): void {
  const write = (level: LogLevel, message: string, meta: LogMetadata = {}) => {
    const fields: Record<string, unknown> = { ...meta };
    delete fields['taskToken']; // bytes that say nothing to a reader
    sink(level.toLowerCase() as Parameters<LogSink>[0], message, fields);
  };
  const at = (level: LogLevel) => (message: string, meta?: LogMetadata) => {
    write(level, message, meta);
  };
  Runtime.install({
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
  });
}
