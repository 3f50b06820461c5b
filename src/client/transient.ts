// Whether a call that brought no answer is worth repeating. Invariant: in doubt yes, since reads change nothing and
// starts have a key; only what the same call will meet again is final.

/** JSON-RPC codes that speak of the connection: closed, timed out (SDK version 1), and the server's own failure. */
const TRANSIENT_CODES: readonly number[] = [-32_000, -32_001, -32_603];

/** Refusals of HTTP that pass: a session that a restart forgot, timeouts, too early, too many. */
const TRANSIENT_STATUSES: readonly number[] = [404, 408, 409, 425, 429];

/** Codes of SDK version 2 that no repetition changes. */
const FINAL_CODES: readonly string[] = [
  'ALREADY_CONNECTED',
  'CAPABILITY_NOT_SUPPORTED',
  'INVALID_RESULT',
  'UNSUPPORTED_RESULT_TYPE',
];

/** Judges what a connection has thrown; by its fields, since errors of another realm are no instances of ours. */
export function isTransient(thrown: unknown): boolean {
  if (typeof thrown !== 'object' || thrown === null) return false;
  const { name, message, code, status } = thrown as Readonly<Record<string, unknown>>;
  const number = typeof status === 'number' ? status : code;
  if (typeof number === 'number') {
    if (number >= 400 && number < 500) return TRANSIENT_STATUSES.includes(number);
    return number > -32_000 || TRANSIENT_CODES.includes(number);
  }
  if (typeof code === 'string') return !FINAL_CODES.includes(code);
  // fetch says "fetch failed" with a TypeError, and so does a slip of the programmer, without that text.
  const isSlip = name === 'TypeError' && !/fetch|network|load failed/i.test(String(message));
  return !isSlip && name !== 'ReferenceError';
}
