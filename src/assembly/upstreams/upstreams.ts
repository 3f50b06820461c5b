// The upstreams of a configuration in this process: what they list, as operations. A list is what was pinned, or what the server lists
// now, and then it is live: what the server says of a change, or lists after it was connected again, replaces the operations.
// Invariant: an upstream that cannot be listed takes nothing from the others.
import { hash } from 'node:crypto';
import { resolve } from 'node:path';
import type { LoadedConfig } from '../../config/index.ts';
import { toComparable } from '../../contract/json/compare.ts';
import type { Json } from '../../contract/json.ts';
import { CONTROL_TOOL_NAMES } from '../../mcp/control/tools.ts';
import { builtinOperations } from '../../operations/builtin/index.ts';
import { createAskSteps } from '../../operations/kinds/mcp/ask.ts';
import { createCatalogue, type Catalogue } from '../../operations/kinds/mcp/catalogue.ts';
import { toReason } from '../../operations/kinds/mcp/failure.ts';
import { createHealth, type Health } from '../../operations/kinds/mcp/health.ts';
import { toUpstreamOperations } from '../../operations/kinds/mcp/operations.ts';
import type { Offer } from '../../operations/kinds/mcp/source.ts';
import { PIN_COMMAND, toListed, type Pinned } from '../../operations/kinds/mcp/pin.ts';
import { listTools, type Listing } from '../../operations/kinds/mcp/tools.ts';
import type { Upstream } from '../../operations/kinds/mcp/upstream.ts';
import type { Operation, RunSteps } from '../../operations/operation.ts';
import type { ServiceHost } from '../../operations/services.ts';
import { openKeptLists } from './kept-lists.ts';
import { readPins } from './pins.ts';

/** How a process comes to the lists: it asks the servers, or takes those that are kept, or asks where none is kept. */
export type Listed = 'asks' | 'keeps' | 'asks once';

export interface Upstreams {
  /** The operations now: those of the configuration, and those of the upstreams. */
  operations(): readonly Operation[];
  /** Of the configuration, and of that in the lists which a process takes at its start alone. */
  readonly fingerprint: string;
  /** Calls back when the operations have changed; `null` where none of them can. */
  readonly onChange: ((listener: () => void) => void) | null;
  /** The names of those of which there is no list. */
  unlisted(): readonly string[];
  /** Asks the live servers again, unless somebody did a moment ago. */
  refresh(): Promise<void>;
  /** What they have beside tools, as of now; `null` without upstreams. */
  readonly catalogue: (() => Catalogue) | null;
  /** How a worker asks one of them for what is no tool; `null` without upstreams. */
  readonly asks: RunSteps | null;
  readonly pins: ReadonlyMap<string, Pinned>;
  /** How the connections of this process to them do. */
  readonly health: Pick<Health, 'read'>;
  /** Takes what other processes on this data directory have heard. */
  catchUp(): void;
}

/** A list that was read so short a time ago is not read again, in milliseconds. */
const FRESH_MS = 60_000;

/** @throws {ConfigError} where the pinned lists cannot be read */
export async function openUpstreams(
  config: LoadedConfig,
  host: ServiceHost,
  listed: Listed,
): Promise<Upstreams> {
  const declared = toUpstreams(config);
  const health = createHealth(declared.map(({ name }) => name));
  const kept = openKeptLists(config);
  const pins = declared.length > 0 ? readPins(config) : new Map<string, Pinned>();
  const live = declared.filter(({ name, pin }) => !pins.has(name) && !pin);
  const listings = new Map<string, Listing>();
  const listeners: (() => void)[] = [];
  for (const { name, pin } of declared) {
    const pinned = pins.get(name);
    if (pinned) listings.set(name, toListed(name, pinned));
    else if (pin)
      host.log.error(`upstream ${name}: nothing of it is pinned: ${PIN_COMMAND} ${name}`);
  }

  const keep = async (upstreams: readonly Upstream[]): Promise<void> => {
    const lists = upstreams.flatMap((upstream) => {
      const listing = listings.get(upstream.name);
      return listing ? [{ upstream, listing }] : [];
    });
    await kept.write(lists).catch((error: unknown) => {
      host.log.warn('the lists of the upstreams could not be kept', { error: String(error) });
    });
  };
  const askAll = async (upstreams: readonly Upstream[]): Promise<void> => {
    const asked = await Promise.all(upstreams.map(async (upstream) => ask(upstream, host, health)));
    const answers = asked.flatMap((listing) => listing ?? []);
    for (const listing of answers) listings.set(listing.upstream, listing);
    const names = new Set(answers.map(({ upstream }) => upstream));
    if (names.size > 0) await keep(live.filter(({ name }) => names.has(name)));
  };
  for (const upstream of live) {
    const known = kept.read(upstream);
    if (known) listings.set(upstream.name, known);
  }
  if (listed === 'asks') await askAll(live);
  else if (listed === 'asks once') await askAll(live.filter(({ name }) => !listings.has(name)));

  const reported = new Set<string>();
  const taken = new Set([...config.operations.map(({ name }) => name), ...CONTROL_TOOL_NAMES]);
  const hear = (listing: Listing): void => {
    if (toText(listings.get(listing.upstream)) === toText(listing)) return;
    replace([listing]);
    void keep(live.filter(({ name }) => name === listing.upstream));
  };
  let offers: readonly Offer[] = [];
  let catalogue = createCatalogue(offers);
  const build = (): readonly Operation[] => {
    offers = declared.flatMap((upstream): Offer[] => {
      const { name, sharing } = upstream;
      const listing = listings.get(name);
      const isPinned = pins.has(name);
      // What one principal is shown is not for all.
      const onListing = isPinned || sharing === 'principal' ? null : hear;
      return listing ? [{ upstream, listing, isPinned, onListing, health }] : [];
    });
    catalogue = createCatalogue(offers);
    const { operations, problems } = toUpstreamOperations(offers, taken);
    const slips = listings.size < declared.length ? [] : findSlips(config, operations);
    for (const problem of [...problems, ...slips].filter((one) => !reported.has(one))) {
      reported.add(problem);
      host.log.warn(problem);
    }
    return operations;
  };
  let operations = build();
  // A worker polls from its start on for what is limited in the whole fleet.
  const limited = operations.filter(isLimited).map(({ name }) => name);
  const replace = (changed: readonly Listing[]): void => {
    for (const listing of changed) listings.set(listing.upstream, listing);
    operations = build().filter((one) => !isLimited(one) || limited.includes(one.name));
    host.log.info('upstreams changed', { upstreams: changed.map(({ upstream }) => upstream) });
    for (const listener of listeners) listener();
  };
  const catchUp = (): void => {
    const changed = live.flatMap((upstream) => {
      const listing = kept.read(upstream);
      return listing && toText(listing) !== toText(listings.get(upstream.name)) ? [listing] : [];
    });
    if (changed.length > 0) replace(changed);
  };
  return {
    operations: () => [...config.operations, ...operations],
    fingerprint:
      declared.length === 0 ? config.fingerprint : toHash([config.fingerprint, [...pins], limited]),
    onChange:
      live.length === 0
        ? null
        : (listener) => {
            if (listeners.length === 0) kept.watch(catchUp);
            listeners.push(listener);
          },
    unlisted: () => declared.map(({ name }) => name).filter((name) => !listings.has(name)),
    refresh: async () => {
      if (live.length === 0 || Date.now() - kept.writtenAt() < FRESH_MS) return;
      const before = toText([...listings.values()]);
      await askAll(live);
      if (toText([...listings.values()]) !== before) replace([]);
    },
    catalogue: declared.length === 0 ? null : () => catalogue,
    asks:
      declared.length === 0
        ? null
        : createAskSteps((name) => offers.find(({ upstream }) => upstream.name === name)),
    pins,
    health,
    catchUp,
  };
}

/** The upstreams of a configuration; a command runs in its folder unless it says otherwise. */
export function toUpstreams(config: LoadedConfig): readonly Upstream[] {
  return Object.entries(config.upstreams).map(([name, declared]): Upstream => {
    const { cwd } = declared;
    return {
      ...(declared as Upstream),
      name,
      cwd: declared.command === undefined ? undefined : resolve(config.directory, cwd ?? '.'),
    };
  });
}

async function ask(upstream: Upstream, host: ServiceHost, health: Health): Promise<Listing | null> {
  try {
    return await listTools(upstream, host);
  } catch (error) {
    const { name } = upstream;
    const reason = toReason(error);
    health.failed(name, reason);
    host.log.error(`upstream ${name}: its tools could not be listed: ${reason}`);
    return null;
  }
}

/** Names of `tools.operations` that nothing has, once every upstream is listed. */
function findSlips(
  { tools, operations, builtins }: LoadedConfig,
  ofTools: readonly Operation[],
): string[] {
  const own = builtins === false ? [] : builtinOperations([]);
  const known = new Set([...operations, ...ofTools, ...own].map(({ name }) => name));
  return Object.keys(tools.operations)
    .filter((name) => !known.has(name))
    .map((name) => `tools.operations: no operation and no tool of an upstream is called ${name}`);
}

function isLimited({ policy }: Operation): boolean {
  return policy.concurrency !== undefined || policy.ratePerSecond !== undefined;
}

function toText(value: unknown): string {
  return value === undefined ? '' : toComparable(value as Json);
}

function toHash(value: unknown): string {
  return hash('sha256', toText(value), 'hex');
}
