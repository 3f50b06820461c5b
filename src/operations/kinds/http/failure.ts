// What is thrown while an exchange runs, as an error of the table. The one question that decides: can the request have
// been processed? Where it can, and must not be repeated, the outcome is unknown and is called so.
import { ERRORS, OperationError } from '../../../contract/errors.ts';
import { isJsonObject } from '../../../contract/json.ts';

export interface ExchangeFacts {
  readonly method: string;
  /** Without query, without secrets. */
  readonly url: string;
  /** Whether sending the request again does no harm. */
  readonly repeatable: boolean;
  /** Whether the upstream already took the request: by a success, or a redirect that says "done, see other". */
  readonly performed: boolean;
  readonly signal: AbortSignal;
}

/** Codes of Node and undici that say that no connection came about. */
const NOT_CONNECTED = new Set([
  'EADDRNOTAVAIL',
  'EAI_AGAIN',
  'EAI_FAIL',
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** Codes of Node's TLS that say that the other side could not be trusted, before anything was sent. */
const NOT_TRUSTED = /^(CERT_|ERR_TLS_CERT|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_)/;

/** Codes that say that a connection broke, or that what came over it was not HTTP, or not packed as it said. */
const BROKEN =
  /^(E[A-Z]+|UND_ERR_(SOCKET|ABORTED|CLOSED|DESTROYED|[A-Z]+_TIMEOUT|HEADERS_OVERFLOW|RES_.+)|HPE_.+|ERR_SSL_.+|EPROTO|ERR_ASSERTION|NOT_HTTP|Z_.+|ERR__ERROR_.+|ERR_STREAM_PREMATURE_CLOSE)$/;

/** The error to throw for what was thrown: the reason of an abort, an error of the table, or a defect as it is. */
export function toFailure(thrown: unknown, facts: ExchangeFacts): unknown {
  const { method, url, repeatable, performed, signal } = facts;
  if (signal.aborted) return signal.reason;
  const hasDetails = thrown instanceof OperationError && isJsonObject(thrown.details);
  const details = { method, url, ...(hasDetails && thrown.details) };
  const unknownOutcome = (what: string): OperationError =>
    new OperationError(
      'OUTCOME_UNKNOWN',
      `${method} ${url}: ${what}; the request may have taken effect, look there before you repeat it`,
      { details, cause: thrown },
    );
  if (thrown instanceof OperationError) {
    const unread = ERRORS[thrown.code].retryable || thrown.code === 'UPSTREAM_REJECTED';
    return performed && !repeatable && unread
      ? unknownOutcome(`it was accepted, but then ${thrown.message}`)
      : thrown;
  }
  const code = codeOf(thrown);
  if (code === undefined) return thrown;
  const unavailable = (what: string): OperationError =>
    new OperationError('UPSTREAM_UNAVAILABLE', `${method} ${url}: ${what}`, {
      details,
      cause: thrown,
    });
  const unreached = isUnreached(thrown, code);
  if (unreached && !performed) return unavailable(`no connection (${code}); nothing was sent`);
  if (!unreached && !BROKEN.test(code)) return thrown;
  const lost = `the connection was lost before the answer (${code})`;
  return repeatable ? unavailable(lost) : unknownOutcome(lost);
}

/**
 * The code of what was thrown. undici's parser gives none to bytes that are no HTTP, and runs into an assertion of its own
 * where an upstream switches protocols unasked.
 */
function codeOf(thrown: unknown): string | undefined {
  const code = fieldOf(thrown, 'code');
  if (typeof code === 'string') return code;
  return fieldOf(thrown, 'name') === 'HTTPParserError' ? 'NOT_HTTP' : undefined;
}

function isUnreached(thrown: unknown, code: string): boolean {
  const syscall = fieldOf(thrown, 'syscall');
  return (
    NOT_CONNECTED.has(code) ||
    NOT_TRUSTED.test(code) ||
    syscall === 'connect' ||
    syscall === 'getaddrinfo'
  );
}

function fieldOf(thrown: unknown, name: string): unknown {
  return typeof thrown === 'object' && thrown !== null
    ? (thrown as Record<string, unknown>)[name]
    : undefined;
}
