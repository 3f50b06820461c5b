// The connections of a worker to one upstream: one for all callers, or one for each principal. P1: a connection is opened when it is
// first needed and closed after a time in which nobody used it. P2: after a second failure in a row the next one is opened after a
// pause, which doubles; calls wait for it.
import { setTimeout as sleep } from 'node:timers/promises';
import { toBackOffMs } from '../../../contract/back-off.ts';
import { OperationError } from '../../../contract/errors.ts';
import type { Service, ServiceHost } from '../../services.ts';
import { openConnection, type Connection, type Elicit } from './connection.ts';
import { toReason } from './failure.ts';
import type { Health } from './health.ts';
import { createLists, type Lists } from './lists.ts';
import { readRelatedTask } from './task-support.ts';
import type { Listing } from './tools.ts';
import type { Upstream } from './upstream.ts';

/** A connection that somebody uses. */
export interface Lease extends Disposable {
  readonly connection: Connection;
  readonly lists: Pick<Lists, 'read'>;
  /** Takes questions of the server while this call is the only one on its connection, or where they name its task. */
  onElicit: Elicit | null;
  /** The task of the server that this call is about. */
  taskId: string | null;
  /** Closes the connection: its server has forgotten it, and the next call opens another. */
  drop(): void;
  /** Keeps the connection for so long although nobody uses it, in milliseconds: the server has something that is to be asked for. */
  keepFor(ms: number): void;
}

export interface Pool extends AsyncDisposable {
  /** Rejects with `UPSTREAM_UNAVAILABLE`. */
  lease(principal: string, signal: AbortSignal): Promise<Lease>;
}

interface Place {
  readonly lists: Lists;
  readonly opening: Promise<Connection>;
  readonly leases: Set<Lease>;
  idle: NodeJS.Timeout | undefined;
  /** Until when it is kept, whoever uses it. */
  keepUntil: number;
}

/** Failures in a row, and until when no connection is opened. */
interface Failures {
  readonly count: number;
  readonly until: number;
}

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;

/** Hears what a server lists: after it was connected, and when it says that this has changed. */
export type OnListing = (listing: Listing) => void;

/** Who watches the connections to an upstream. */
export interface Watcher {
  readonly onListing: OnListing | null;
  readonly health: Health;
}

/** The pool of an upstream, as a service of the worker. */
export function toPoolService(upstream: Upstream, watcher: Watcher): Service<Pool> {
  return { open: (host) => createPool(upstream, host, watcher) };
}

function createPool(upstream: Upstream, host: ServiceHost, { onListing, health }: Watcher): Pool {
  const { name, sharing, maxConnections, idleSeconds } = upstream;
  const places = new Map<string, Place>();
  const failures = new Map<string, Failures>();

  const remove = (key: string, place: Place): void => {
    clearTimeout(place.idle);
    if (places.get(key) === place) places.delete(key);
  };

  const close = async (key: string, place: Place): Promise<void> => {
    remove(key, place);
    await place.opening.then(
      async (connection) => connection[Symbol.asyncDispose](),
      () => undefined,
    );
  };

  const open = (key: string): Place => {
    if (places.size >= maxConnections) evict();
    const leases: Place['leases'] = new Set();
    const elicit: Elicit = async (params) => {
      const taskId = readRelatedTask(params);
      const asking = [...leases].filter(({ onElicit }) => onElicit !== null);
      const [only, ...others] =
        taskId === null ? asking : asking.filter((one) => one.taskId === taskId);
      if (only?.onElicit && others.length === 0) return only.onElicit(params);
      throw new Error(
        `Longhaul cannot tell which of ${asking.length} running calls asks; limit the concurrency of the tools that ask to 1`,
      );
    };
    const lists = createLists(upstream, async () => opening);
    const report = (): void => {
      if (onListing) lists.read().then(onListing, () => undefined); // said where the list is used
    };
    const opening = openConnection(upstream, host, elicit, () => {
      lists.forget();
      report();
    });
    const place: Place = { lists, opening, leases, idle: undefined, keepUntil: 0 };
    places.set(key, place);
    const fail = (why: unknown): void => {
      const count = (failures.get(key)?.count ?? 0) + 1;
      const reason = toReason(why);
      const pauseMs = count === 1 ? 0 : toBackOffMs(FIRST_PAUSE_MS, 2, count - 2, LONGEST_PAUSE_MS);
      failures.set(key, { count, until: Date.now() + pauseMs });
      health.failed(name, reason);
      host.log.warn('upstream failed', { upstream: name, reason, failures: count });
    };
    opening.then(
      ({ closed }) => {
        report();
        health.opened(name);
        closed.addEventListener('abort', () => {
          health.closed(name);
          if (places.get(key) === place) fail('the connection ended');
          remove(key, place);
        });
      },
      (error: unknown) => {
        fail(error);
        remove(key, place);
      },
    );
    return place;
  };

  /** Makes room: what nobody uses goes first. */
  const evict = (): void => {
    const isFree = ({ leases, keepUntil }: Place) => leases.size === 0 && keepUntil <= Date.now();
    const found = [...places].find(([, place]) => isFree(place));
    if (!found) {
      throw unavailable(name, `all of its ${maxConnections} connections are in use`);
    }
    void close(...found);
  };

  return {
    lease: async (principal, signal) => {
      const key = sharing === 'shared' ? '' : principal;
      const pauseMs = (failures.get(key)?.until ?? 0) - Date.now();
      if (pauseMs > 0 && !places.has(key)) await sleep(pauseMs, undefined, { signal });
      const place = places.get(key) ?? open(key);
      clearTimeout(place.idle);
      const lease: { connection?: Connection } & Omit<Lease, 'connection'> = {
        lists: place.lists,
        onElicit: null,
        taskId: null,
        drop: () => {
          void close(key, place);
        },
        keepFor: (ms) => {
          place.keepUntil = Math.max(place.keepUntil, Date.now() + ms);
        },
        [Symbol.dispose]: () => {
          place.leases.delete(lease as Lease);
          if (lease.connection && !lease.connection.closed.aborted) {
            failures.delete(key);
            health.works(name);
          }
          if (place.leases.size > 0 || places.get(key) !== place) return;
          const keptMs = place.keepUntil - Date.now();
          const afterMs = idleSeconds * 1000 + Math.max(0, keptMs);
          place.idle = setTimeout(() => void close(key, place), afterMs).unref();
        },
      };
      place.leases.add(lease as Lease);
      try {
        lease.connection = await place.opening;
        return lease as Lease;
      } catch (error) {
        place.leases.delete(lease as Lease);
        throw unavailable(name, toReason(error));
      }
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all([...places].map(async ([key, place]) => close(key, place)));
    },
  };
}

function unavailable(name: string, reason: string): OperationError {
  return new OperationError('UPSTREAM_UNAVAILABLE', `upstream ${name}: ${reason}`);
}
