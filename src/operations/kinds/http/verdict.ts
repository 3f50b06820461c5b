// What a status means: success, or a code of the table. An exact status precedes a range, and what the declaration says
// precedes the default.
import type { ErrorCode } from '../../../contract/errors.ts';

/** Statuses that mean success, and statuses that mean a certain error. */
export interface Judgement {
  /** `204` or `"2xx"`. */
  readonly success: readonly (number | string)[];
  /** By `"404"` or `"4xx"`. */
  readonly errors: Readonly<Record<string, ErrorCode>>;
}

/** What a status means; `null` when the declaration does not mention it. */
export function declaredVerdict(
  status: number,
  { success, errors }: Judgement,
): 'success' | ErrorCode | null {
  const succeeds = new Set(success.map(String));
  for (const key of [String(status), `${Math.floor(status / 100)}xx`]) {
    if (succeeds.has(key)) return 'success';
    const code = errors[key];
    if (code !== undefined) return code;
  }
  return null;
}

/** What a failing status means where the declaration does not mention it. */
export function defaultVerdict(status: number): ErrorCode {
  if (status === 429) return 'RATE_LIMITED';
  return [408, 425, 500, 502, 503, 504].includes(status)
    ? 'UPSTREAM_UNAVAILABLE'
    : 'UPSTREAM_REJECTED';
}
