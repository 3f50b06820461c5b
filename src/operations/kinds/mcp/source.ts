// An upstream in this process: what it lists, and what its tools share, however often the list changes.
import { createHealth, type Health } from './health.ts';
import { createOpenCalls, type OpenCalls } from './open-call.ts';
import { toPoolService, type OnListing } from './pool.ts';
import type { Listing } from './tools.ts';
import type { Upstream } from './upstream.ts';

export interface Offer {
  readonly upstream: Upstream;
  readonly listing: Listing;
  /** Whether the list is what was reviewed, and a server that lists something else is not called. Default: no. */
  readonly isPinned?: boolean;
  /** Hears what the server lists later. Default: nobody does. */
  readonly onListing?: OnListing | null;
  /** What is seen of its connections. Default: nobody looks at it. */
  readonly health?: Health;
}

/** Its connections, and the calls that are open on them. */
export interface Source {
  readonly service: ReturnType<typeof toPoolService>;
  readonly calls: OpenCalls;
}

const sources = new WeakMap<Upstream, Source>();

export function toSource({ upstream, onListing = null, health }: Offer): Source {
  const watcher = { onListing, health: health ?? createHealth([]) };
  const source = sources.get(upstream) ?? {
    service: toPoolService(upstream, watcher),
    calls: createOpenCalls(),
  };
  sources.set(upstream, source);
  return source;
}
