// How a circuit stands, for operators and callers. Time alone makes an open one half open.
import type { BreakerEntry } from '../../contract/workflow/breaker.ts';

export type CircuitView =
  | { readonly state: 'closed'; readonly by: 'nobody' }
  /** A person keeps it closed, whatever fails. */
  | {
      readonly state: 'closed';
      readonly by: 'operator';
      readonly since: number;
      readonly reason: string;
    }
  | {
      readonly state: 'open';
      readonly by: 'failures' | 'operator';
      /** When it opened, in milliseconds since the epoch. */
      readonly since: number;
      /** When attempts may begin again, in milliseconds since the epoch; `null` when a person decides that. */
      readonly until: number | null;
      readonly reason: string;
    }
  /** The time is over, and no attempt has found the upstream well yet. */
  | {
      readonly state: 'half_open';
      readonly by: 'failures';
      readonly since: number;
      readonly reason: string;
    };

/** How a circuit stands against which the fleet has this entry, now. */
export function toView(entry: BreakerEntry | null): CircuitView {
  if (!entry) return { state: 'closed', by: 'nobody' };
  const { reason } = entry;
  if (entry.by === 'operator') {
    return entry.open
      ? { state: 'open', by: 'operator', since: entry.setAt, until: null, reason }
      : { state: 'closed', by: 'operator', since: entry.setAt, reason };
  }
  const since = entry.openedAt;
  const until = since + entry.openMs;
  return Date.now() < until
    ? { state: 'open', by: 'failures', since, until, reason }
    : { state: 'half_open', by: 'failures', since, reason };
}
