// The log: one line an event, to stderr, since stdout may be MCP's. JSON for machines, readable on a terminal.
import { pino, type DestinationStream } from 'pino';
import { build as pretty } from 'pino-pretty';
import type { OperationLog } from '../operations/context.ts';
import type { LogSink } from '../temporal/runtime.ts';
import type { CommandContext } from './context.ts';

/** The log in the form that each part takes. */
export interface Log extends OperationLog {
  /** For the Temporal SDK. */
  readonly sink: LogSink;
}

/** Opens the log. */
export function openLog(
  { stderr }: Pick<CommandContext, 'stderr'>,
  level: 'debug' | 'info' | 'warn' | 'error',
): Log {
  const destination: DestinationStream = stderr.isTTY
    ? pretty({ destination: 2, sync: true, ignore: 'pid,hostname' })
    : { write: (line) => void stderr.write(line) };
  const logger = pino({ name: 'longhaul', level, base: null }, destination);
  const at =
    (method: 'debug' | 'info' | 'warn' | 'error'): OperationLog['info'] =>
    (message, fields = {}) => {
      logger[method](fields, message);
    };
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    sink: (severity, message, fields) => {
      // What the SDK calls information is a worker's inner life.
      logger[severity === 'info' ? 'debug' : severity](fields, message);
    },
  };
}
