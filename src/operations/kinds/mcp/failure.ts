// Why a call of an upstream failed, as an error of the table. Invariant: once the request may have reached the server, only the
// server's own word says that nothing happened.
import { ProtocolError, SdkError, SdkErrorCode, SdkHttpError } from '@modelcontextprotocol/client';
import { OperationError } from '../../../contract/errors.ts';
import { cut } from '../../../contract/text.ts';
import { UNREADABLE } from './refused-answer.ts';

/** Longest reason, in characters. */
const REASON = 500;

/** Why something failed, in one line. */
export function toReason(thrown: unknown): string {
  if (thrown instanceof SdkHttpError) return `it answered with HTTP ${thrown.status}`;
  if (!(thrown instanceof Error)) return cut(String(thrown), REASON);
  const { message, cause } = thrown;
  // What `fetch` says alone says nothing.
  const why = message === 'fetch failed' && cause instanceof Error ? `: ${cause.message}` : '';
  return cut(`${message}${why}`, REASON);
}

/** The failure of a call whose request was sent. */
export function toCallError(thrown: unknown, upstream: string, tool: string): OperationError {
  const place = `upstream ${upstream}, tool ${tool}`;
  if (thrown instanceof OperationError) return thrown;
  if (thrown instanceof ProtocolError) {
    const { code, message } = thrown;
    if (code === UNREADABLE) {
      return new OperationError('RESULT_TOO_LARGE', `${place}: ${cut(message, REASON)}`);
    }
    return new OperationError(
      'UPSTREAM_REJECTED',
      `${place}: error ${code}: ${cut(message, REASON)}`,
      {
        details: { code },
      },
    );
  }
  if (thrown instanceof TypeError) {
    return new OperationError(
      'UPSTREAM_REJECTED',
      `${place}: it asks what cannot be asked: ${toReason(thrown)}`,
    );
  }
  if (thrown instanceof SdkHttpError && thrown.status >= 300 && thrown.status < 500) {
    return new OperationError('UPSTREAM_REJECTED', `${place}: ${toReason(thrown)}`);
  }
  if (thrown instanceof Error && thrown.name === 'UnauthorizedError') {
    return new OperationError('UPSTREAM_REJECTED', `${place}: it asks for a sign-in (HTTP 401)`);
  }
  const isUnsent = thrown instanceof SdkError && thrown.code === SdkErrorCode.NotConnected;
  return isUnsent
    ? new OperationError('UPSTREAM_UNAVAILABLE', `${place}: ${toReason(thrown)}`)
    : new OperationError(
        'OUTCOME_UNKNOWN',
        `${place}: the connection was lost while the tool ran (${toReason(thrown)}); it may or may not have taken effect`,
      );
}
