// The log: one line an event, to stderr, since stdout may be MCP's. JSON for machines, readable on a terminal.
import { pino, type DestinationStream } from 'pino';
import { build as pretty } from 'pino-pretty';
import { toPrintable, toPrintableLine } from '../contract/text.ts';
import type { OperationLog } from '../operations/context.ts';
import type { LogSink } from '../temporal/connection/runtime.ts';
import type { CommandContext } from './context.ts';
import { createRepeatedLines } from './repeated-lines.ts';

/** The log in the form that each part takes. */
export interface Log extends OperationLog {
  /** For the Temporal SDK. */
  readonly sink: LogSink;
}

/** Fields that are never written: credentials, and the contents of tasks. */
const SECRETS = [
  ...['authorization', 'cookie', 'password', 'secret', 'token', 'api_key', 'apiKey'],
  ...['parameters', 'result', 'answers', 'inputResponses'],
];

/** What the SDK warns of where it is meant: the workers of callbacks and of limited operations run no workflows. */
const MEANT = 'No workflows registered, not polling for workflow tasks';

/** A failure as its code and its message: its details may quote the upstream. */
function withoutContents(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { error, ...rest } = fields;
  if (!(error instanceof Error)) return { ...fields };
  const { type, message } = error as Error & { readonly type?: unknown };
  return { ...rest, ...(typeof type === 'string' && { code: type }), error: message };
}

/** What is readable on a terminal is printed as it is: what a terminal obeys must not be among it. */
function toPrintableFields(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      typeof value === 'string' ? toPrintable(value) : value,
    ]),
  );
}

export function openLog(
  { stderr }: Pick<CommandContext, 'stderr'>,
  level: 'debug' | 'info' | 'warn' | 'error',
): Log {
  const destination: DestinationStream = stderr.isTTY
    ? pretty({ destination: 2, sync: true, ignore: 'pid,hostname' })
    : { write: (line) => void stderr.write(line) };
  const redact = { paths: SECRETS.flatMap((name) => [name, `*.${name}`]), censor: '[redacted]' };
  const logger = pino({ name: 'longhaul', level, base: null, redact }, destination);
  const countLeftOut = createRepeatedLines();
  const at =
    (method: 'debug' | 'info' | 'warn' | 'error'): OperationLog['info'] =>
    (message, fields = {}) => {
      logger[method](toPrintableFields(fields), toPrintableLine(message));
    };
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    sink: (severity, message, toFields) => {
      if (!logger.isLevelEnabled(severity)) return;
      const fields = toFields();
      const leftOut = fields['sdkComponent'] === 'core' ? countLeftOut(message) : 0;
      if (leftOut === null) return;
      // What the SDK itself calls information is a worker's inner life; of an operation's author it is meant.
      const isInner =
        message === MEANT || (severity === 'info' && fields['sdkComponent'] !== 'activity');
      const all = { ...withoutContents(fields), ...(leftOut > 0 && { leftOut }) };
      const shown = toPrintableFields(all);
      logger[isInner ? 'debug' : severity](shown, toPrintableLine(message));
    },
  };
}
