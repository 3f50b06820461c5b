// Retry-After, RFC 9110 section 10.2.3: seconds or a date.

// A longer wait than a day is no advice to an agent, but a mistake or an attack.
const LONGEST_MS = 86_400_000;

/** An HTTP date. */
const DATE = /^[A-Z][a-z]{2,8},? .*\d/;

/** How long to wait, in milliseconds, 0 to a day; `undefined` when the header says nothing that can be read. */
export function parseRetryAfter(value: string | undefined, nowMs: number): number | undefined {
  if (value === undefined) return undefined;
  const text = value.trim();
  const waitMs = /^\d+$/.test(text)
    ? Number(text) * 1000
    : (DATE.test(text) ? Date.parse(text) : NaN) - nowMs;
  return Number.isNaN(waitMs) ? undefined : Math.min(Math.max(waitMs, 0), LONGEST_MS);
}
