// The limits of one gateway. Invariants: within the limits a call costs no round trip more; beyond them nothing is started,
// and the refusal says when to come back. A repeated call is answered with its task, whatever the number of open ones.
import { OperationError, toTaskError } from '../contract/errors.ts';
import type { Started } from '../tasks/service.ts';
import {
  createOpenTasks,
  ROOM_RETRY_MS,
  type CountOpen,
  type Ended,
  type Starting,
} from './open-tasks.ts';
import type { LimitRule, LimitRules } from './options.ts';
import { toBounds, toScopeKey, type Bound, type Owner } from './rules.ts';
import { createTokenBuckets, type Rate } from './token-buckets.ts';
import { createWaitPlaces } from './wait-places.ts';

/** A task, about to be started. */
export type LimitedStart = Owner & Starting;

/** Holds callers to their limits. A call beyond them rejects with `RATE_LIMITED` and the time after which to come back. */
export interface Limits {
  /**
   * Starts a task with `begin`. Where there is no room for an open task, a call that repeats another is answered with
   * `again`, which resolves to `null` for one that does not.
   *
   * @param tasks the task, and those that it starts itself at once: all of them have room, or none is started
   */
  start(
    tasks: readonly [LimitedStart, ...LimitedStart[]],
    begin: () => Promise<Started>,
    again: () => Promise<Started | null>,
  ): Promise<Started>;
  /** Runs a wait that ends at `until` at the latest, in milliseconds since the epoch. */
  wait<Result>(owner: Owner, until: number, wait: () => Promise<Result>): Promise<Result>;
  end(task: Ended & Owner): void;
}

export const UNLIMITED: Limits = {
  start: async (_, begin) => begin(),
  wait: async (_owner, _until, wait) => wait(),
  end: () => undefined,
};

export function createLimits(rules: LimitRules, count: CountOpen): Limits {
  const buckets = createTokenBuckets();
  const places = createWaitPlaces();
  const openTasks = createOpenTasks(count);

  const takeToken = (owner: Owner): void => {
    const bounds = toBounds(rules, owner, toRate);
    const delays = bounds.map(({ scope, value }) => buckets.delay(toScopeKey(scope), value));
    const longest = Math.max(0, ...delays);
    const bound = bounds[delays.indexOf(longest)];
    if (bound && longest > 0) {
      throw toRefusal('starts_per_second', bound, bound.value.perSecond, longest);
    }
    for (const { scope, value } of bounds) buckets.take(toScopeKey(scope), value);
  };

  const takeRooms = async (wanted: readonly Wanted[]) => {
    const taken: (() => void)[] = [];
    const giveBack = () => {
      for (const back of taken) back();
    };
    for (const { task, bounds } of wanted) {
      const room = await openTasks.take(task, bounds);
      if (room.full) {
        giveBack();
        return { full: room.full, giveBack };
      }
      taken.push(room.giveBack);
    }
    return { full: null, giveBack };
  };

  return {
    start: async (tasks, begin, again) => {
      takeToken(tasks[0]);
      const wanted = tasks.map((task) => ({
        task,
        bounds: toBounds(rules, task, (rule) => rule.openTasks),
      }));
      if (wanted.every(({ bounds }) => bounds.length === 0)) return begin();
      refuseTooMany(wanted.flatMap(({ bounds }) => bounds));
      const { full, giveBack } = await takeRooms(wanted);
      if (full) {
        const known = await again();
        if (known) return known;
        throw toRefusal('open_tasks', full, full.value, ROOM_RETRY_MS);
      }
      let isThere = true;
      try {
        const started = await begin();
        isThere = !started.deduplicated;
        return started;
      } catch (failure) {
        isThere = toTaskError(failure).code === 'SUBMISSION_UNCONFIRMED'; // it may be there
        throw failure;
      } finally {
        if (!isThere) giveBack();
      }
    },
    wait: async (owner, until, wait) => {
      const bounds = toBounds(rules, owner, (rule) => rule.concurrentWaits);
      for (const bound of bounds) {
        const delay = places.delay(toScopeKey(bound.scope), bound.value);
        if (delay > 0) throw toRefusal('concurrent_waits', bound, bound.value, delay);
      }
      const leaves = bounds.map(({ scope }) => places.enter(toScopeKey(scope), until));
      try {
        return await wait();
      } finally {
        for (const leave of leaves) leave();
      }
    },
    end: (task) => {
      const bounds = toBounds(rules, task, (rule) => rule.openTasks);
      openTasks.end(
        task,
        bounds.map(({ scope }) => scope),
      );
    },
  };
}

interface Wanted {
  readonly task: LimitedStart;
  readonly bounds: readonly Bound<number>[];
}

/** Tasks that start together and are more than may ever be open find no room however long they wait. */
function refuseTooMany(bounds: readonly Bound<number>[]): void {
  for (const { scope, value } of bounds) {
    const key = toScopeKey(scope);
    const count = bounds.filter((bound) => toScopeKey(bound.scope) === key).length;
    if (count <= value) continue;
    const message = `open tasks are limited to ${value}, and it and what it runs at once are ${count}`;
    throw new OperationError('INVALID_PARAMETERS', `concurrency: ${message}`, {
      details: { issues: [{ path: '/concurrency', message }] },
    });
  }
}

function toRate({ startsPerSecond, startBurst }: LimitRule): Rate | null {
  if (startsPerSecond === null) return null;
  return {
    perSecond: startsPerSecond,
    burst: startBurst ?? Math.max(1, Math.ceil(startsPerSecond)),
  };
}

type LimitName = 'open_tasks' | 'starts_per_second' | 'concurrent_waits';

/** What is allowed; `of` names the operation, where the limit is its own. */
const ALLOWED: Readonly<Record<LimitName, (allowed: number, of: string) => string>> = {
  open_tasks: (allowed, of) =>
    `open tasks${of} are limited to ${allowed}, and as many are there: one has to end, or to be cancelled, first`,
  starts_per_second: (allowed, of) => `starts${of} are limited to ${allowed} a second`,
  concurrent_waits: (allowed, of) =>
    `calls that wait for tasks${of} are limited to ${allowed} at the same time`,
};

function toRefusal(
  limit: LimitName,
  { scope: { operation } }: Bound<unknown>,
  allowed: number,
  retryAfterMs: number,
): OperationError {
  const of = operation === null ? '' : ` of ${operation}`;
  return new OperationError('RATE_LIMITED', ALLOWED[limit](allowed, of), {
    retryAfterMs,
    details: { limit, allowed, ...(operation !== null && { operation_type: operation }) },
  });
}
