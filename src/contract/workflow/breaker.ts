// What a fleet knows of its circuit breakers. Workers report when one opens and closes, operators what they want, and one
// workflow keeps it in its memo, where all can read it. Invariant: an entry stands for something that is not as it should be;
// a breaker without one is closed and works by itself.
import { isJsonObject, type Json } from '../json.ts';

export const BREAKERS_TYPE = 'keepBreakers';

export const BREAKERS_SIGNAL = 'breaker';

export const BREAKERS_MEMO = 'breakers';

/** The workflow that keeps the entries of a fleet: those who share a task queue. No task has this id: theirs hold a colon. */
export function toBreakersId(taskQueue: string): string {
  return `longhaul-breakers/${taskQueue}`;
}

/** What stands against an operation, or for it. Instants are milliseconds since the epoch. */
export type BreakerEntry =
  | {
      /** A worker counted too many failures. */
      readonly by: 'failures';
      /** When it opened, by the clock of that worker: the name of this opening, too. */
      readonly openedAt: number;
      /** How long attempts are put off, in milliseconds. */
      readonly openMs: number;
      /** The last of the failures. */
      readonly reason: string;
    }
  | {
      /** A person decided, and only a person undoes it. */
      readonly by: 'operator';
      readonly open: boolean;
      readonly setAt: number;
      /** Why, in the words of that person. */
      readonly reason: string;
    };

/**
 * The name of what stands against one principal of an operation. It is no name of an operation, so that a version that
 * knows only entries of operations keeps it and ignores it.
 *
 * @param principal as it stands in workflow ids; none of its characters is a space
 */
export function toPrincipalEntry(operation: string, principal: string): string {
  return `${operation} ${principal}`;
}

/** The operation and the principal of an entry; a principal of `null` is all of them. */
export function parseEntryName(name: string): {
  readonly operation: string;
  readonly principal: string | null;
} {
  const [operation = '', principal] = name.split(' ');
  return { operation, principal: principal ?? null };
}

/** Entries against single principals that are kept; of more, those that opened first are forgotten. They share one memo. */
const OWN_ENTRIES = 32;

/** Entries by operation, and by operation and principal. */
export type BreakerEntries = Readonly<Record<string, BreakerEntry>>;

export type BreakerNews =
  | {
      readonly event: 'opened';
      readonly operation: string;
      readonly openedAt: number;
      readonly openMs: number;
      readonly reason: string;
    }
  /** An attempt found the upstream well after the opening of this name. */
  | { readonly event: 'closed'; readonly operation: string; readonly openedAt: number }
  | {
      readonly event: 'set';
      readonly operation: string;
      /** `auto`: closed, and left to itself again. */
      readonly to: 'open' | 'closed' | 'auto';
      readonly reason: string;
    };

/** Reports of workers are forgotten so long after attempts could begin again, in milliseconds: none was tried since. */
export const FORGET_MS = 86_400_000;

/** The entries after the news. Reports are idempotent. An operator's decision overrides workers' reports. */
export function applyNews(entries: BreakerEntries, news: BreakerNews, now: number): BreakerEntries {
  const { operation, event } = news;
  const known = entries[operation];
  switch (event) {
    case 'opened': {
      if (known?.by === 'operator' || (known && known.openedAt >= news.openedAt)) return entries;
      const { openedAt, openMs } = news;
      const isOwn = parseEntryName(operation).principal !== null;
      const reason = isOwn ? news.reason.slice(0, OWN_REASON_CHARACTERS) : news.reason;
      const next = {
        ...entries,
        [operation]: { by: 'failures', openedAt, openMs, reason } as const,
      };
      return isOwn ? withoutOldest(next) : next;
    }
    case 'closed':
      return known?.by === 'failures' && known.openedAt <= news.openedAt
        ? without(entries, operation)
        : entries;
    case 'set': {
      const { to, reason } = news;
      // An operator's decision holds for all principals.
      const others = Object.fromEntries(
        Object.entries(entries).filter(
          ([name]) => name === operation || parseEntryName(name).operation !== operation,
        ),
      );
      if (to === 'auto') return without(others, operation);
      return {
        ...others,
        [operation]: { by: 'operator', open: to === 'open', setAt: now, reason },
      };
    }
  }
}

/** How much of a reason is kept of an entry against one principal. */
const OWN_REASON_CHARACTERS = 80;

function withoutOldest(entries: BreakerEntries): BreakerEntries {
  const own = Object.entries(entries).flatMap(([name, entry]) =>
    parseEntryName(name).principal !== null && entry.by === 'failures'
      ? [{ name, openedAt: entry.openedAt }]
      : [],
  );
  if (own.length <= OWN_ENTRIES) return entries;
  own.sort((one, other) => one.openedAt - other.openedAt);
  return without(entries, own[0]?.name ?? '');
}

/** The entries without those that are too old. */
export function forgetOld(entries: BreakerEntries, now: number): BreakerEntries {
  return Object.fromEntries(
    Object.entries(entries).filter(
      ([, entry]) => entry.by === 'operator' || entry.openedAt + entry.openMs + FORGET_MS > now,
    ),
  );
}

function without(entries: BreakerEntries, operation: string): BreakerEntries {
  return Object.fromEntries(Object.entries(entries).filter(([name]) => name !== operation));
}

/** Reads a piece of news; `null` when it is none: any program with access to Temporal can send a signal. */
export function parseNews(value: unknown): BreakerNews | null {
  if (!isJsonObject(value) || typeof value['operation'] !== 'string') return null;
  const { event, openedAt, openMs, reason, to } = value;
  const isNews =
    (event === 'closed' && typeof openedAt === 'number') ||
    (event === 'opened' &&
      typeof openedAt === 'number' &&
      typeof openMs === 'number' &&
      typeof reason === 'string') ||
    (event === 'set' &&
      (to === 'open' || to === 'closed' || to === 'auto') &&
      typeof reason === 'string');
  return isNews ? (value as unknown as BreakerNews) : null;
}

/** Reads entries; what is none, or of a later kind, is left out. */
export function parseEntries(value: unknown): BreakerEntries {
  if (!isJsonObject(value)) return {};
  return Object.fromEntries(
    Object.entries(value).filter((pair): pair is [string, never] => isEntry(pair[1])),
  );
}

function isEntry(value: Json): boolean {
  if (!isJsonObject(value) || typeof value['reason'] !== 'string') return false;
  return value['by'] === 'failures'
    ? typeof value['openedAt'] === 'number' && typeof value['openMs'] === 'number'
    : value['by'] === 'operator' &&
        typeof value['open'] === 'boolean' &&
        typeof value['setAt'] === 'number';
}
