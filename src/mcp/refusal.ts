// What was thrown, as an error of the table. Invariant: what nobody foresaw goes to the log and stays off the wire; the
// caller gets the number under which the log has it.
import { randomBytes } from 'node:crypto';
import { createTaskError, isErrorCode, toTaskError, type TaskError } from '../contract/errors.ts';
import type { OperationLog } from '../operations/context.ts';

/** The reason why `what`, a tool or a method, could not be answered. */
export function toRefusal(
  thrown: unknown,
  what: string,
  log: Pick<OperationLog, 'error'>,
): TaskError {
  if (thrown instanceof Error && 'code' in thrown && isErrorCode(thrown.code)) {
    return toTaskError(thrown);
  }
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
