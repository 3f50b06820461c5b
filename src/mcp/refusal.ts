// What was thrown, as an error of the table. Invariant: an unexpected failure goes to the log and stays off the wire; the
// caller gets the number under which the log has it.
import { randomBytes } from 'node:crypto';
import { ProtocolError } from '@modelcontextprotocol/server';
import {
  createTaskError,
  isErrorCode,
  toErrorCode,
  toTaskError,
  type TaskError,
} from '../contract/errors.ts';
import { isJsonObject } from '../contract/json.ts';
import type { OperationLog } from '../operations/context.ts';

/**
 * @param what the tool or the method that was asked for, as the caller wrote it; empty where it was not read
 * @param code an error of the table, or the number of the protocol's or of HTTP's
 */
export type OnRefusal = (what: string, code: string) => void;

/** The reason why `what`, a tool or a method, could not be answered. */
export function toRefusal(
  thrown: unknown,
  what: string,
  log: Pick<OperationLog, 'error'>,
): TaskError {
  if (toErrorCode(thrown) !== null) return toTaskError(thrown);
  const incident = randomBytes(4).toString('hex');
  log.error('a tool failed unexpectedly', {
    tool: what,
    incident,
    error: thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown),
  });
  return createTaskError(
    'INTERNAL',
    `unexpected failure; the log of the gateway has incident ${incident}`,
  );
}

/** The code under which a refusal is counted: that of the table, also where an error of the protocol carries it. */
export function toRefusalCode(thrown: unknown): string {
  if (!(thrown instanceof ProtocolError)) return toTaskError(thrown).code;
  const code = isJsonObject(thrown.data) ? thrown.data['code'] : null;
  return isErrorCode(code) ? code : String(thrown.code);
}
