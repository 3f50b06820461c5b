// Why a call of an upstream failed, as an error of the table. Invariant: once the request may have reached the server, only the
// server's own word says that nothing happened.
import { ProtocolError, SdkError, SdkErrorCode, SdkHttpError } from '@modelcontextprotocol/client';
import { OperationError } from '../../../contract/errors.ts';
import { cut } from '../../../contract/text.ts';
import { UNANSWERED } from './answers.ts';
import { Unaskable } from './question.ts';
import { UNREADABLE } from './refused-answer.ts';

/** Longest reason, in characters. */
const REASON = 500;

/** Why something failed, in one line. */
export function toReason(thrown: unknown): string {
  if (thrown instanceof SdkHttpError) return `it answered with HTTP ${thrown.status}`;
  if (!(thrown instanceof Error)) return cut(String(thrown), REASON);
  if (thrown.name === 'ZodError') return 'it answered with what is no message of MCP';
  const { message } = thrown;
  // What `fetch` says alone says nothing.
  const why = message.endsWith('fetch failed') ? `: ${toFirstCause(thrown).message}` : '';
  return cut(`${message}${why}`, REASON);
}

/** The SDK puts what it was told into its own error's data. */
function toFirstCause(thrown: Error): Error {
  const told: unknown = thrown instanceof SdkError ? thrown.data : thrown;
  const cause = typeof told === 'object' && told && 'cause' in told ? told.cause : undefined;
  return cause instanceof Error ? toFirstCause(cause) : thrown;
}

export interface ToolName {
  readonly upstream: string;
  readonly tool: string;
}

/** The tool as errors name it. */
export function toPlace({ upstream, tool }: ToolName): string {
  return `upstream ${upstream}, tool ${tool}`;
}

/** The failure of a call that the server answered with an error. */
export function toRejected(code: number, message: string, tool: ToolName): OperationError {
  if (code === UNREADABLE) {
    return new OperationError('RESULT_TOO_LARGE', `${toPlace(tool)}: ${cut(message, REASON)}`);
  }
  const said = `${toPlace(tool)}: error ${code}: ${cut(message, REASON)}`;
  return new OperationError('UPSTREAM_REJECTED', said, { details: { code } });
}

/** The failure of a call that asks in a way that no client can show. */
export function toUnasked(thrown: unknown, tool: ToolName): OperationError {
  const said = `${toPlace(tool)}: it asks what cannot be asked: ${toReason(thrown)}`;
  return new OperationError('UPSTREAM_REJECTED', said);
}

/** The failure of a call whose request was sent. */
export function toCallError(thrown: unknown, tool: ToolName): OperationError {
  const place = toPlace(tool);
  if (thrown instanceof OperationError) return thrown;
  if (thrown instanceof ProtocolError && thrown.code !== UNANSWERED)
    return toRejected(thrown.code, thrown.message, tool);
  if (thrown instanceof Unaskable) return toUnasked(thrown, tool);
  if (thrown instanceof SdkHttpError && thrown.status >= 300 && thrown.status < 500) {
    return new OperationError('UPSTREAM_REJECTED', `${place}: ${toReason(thrown)}`);
  }
  if (thrown instanceof Error && thrown.name === 'UnauthorizedError') {
    return new OperationError('UPSTREAM_REJECTED', `${place}: it asks for a sign-in (HTTP 401)`);
  }
  return isUnsent(thrown)
    ? new OperationError('UPSTREAM_UNAVAILABLE', `${place}: ${toReason(thrown)}`)
    : new OperationError(
        'OUTCOME_UNKNOWN',
        `${place}: no result came while the tool ran (${toReason(thrown)}); it may or may not have taken effect`,
      );
}

/** Codes of a connection that did not come about. */
const UNREACHED = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'];

/** Whether the request cannot have reached the server. */
function isUnsent(thrown: unknown): boolean {
  if (thrown instanceof SdkError && thrown.code === SdkErrorCode.NotConnected) return true;
  const cause: unknown = thrown instanceof Error ? thrown.cause : undefined;
  return cause instanceof Error && 'code' in cause && UNREACHED.includes(String(cause.code));
}

/** Whether a server of the older era has forgotten the session: it did nothing with the request. */
export function isSessionLost(thrown: unknown, isModern: boolean): boolean {
  return thrown instanceof SdkHttpError && thrown.status === 404 && !isModern;
}

/** JSON-RPC: invalid parameters, which is how both generations speak of an unknown task, and a server that has no tasks now. */
const UNKNOWN: readonly number[] = [-32_602, -32_601];

/** Whether the server says that there is no such task, or none that could be cancelled. */
export function isUnknownTask(thrown: unknown): thrown is ProtocolError {
  return thrown instanceof ProtocolError && UNKNOWN.includes(thrown.code);
}
