// The tools of the upstreams of a configuration, as operations of it. What a server lists is kept in the data directory, so that a
// session starts at once, and gateway and background worker go by the same list. Invariant: an upstream that cannot be listed takes
// nothing from the others.
import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { LoadedConfig } from '../config/index.ts';
import { openDataDirectory } from '../local/index.ts';
import { CONTROL_TOOL_NAMES } from '../mcp/control/tools.ts';
import { toUpstreamOperations } from '../operations/kinds/mcp/operations.ts';
import { listTools, type Listing } from '../operations/kinds/mcp/tools.ts';
import type { Upstream } from '../operations/kinds/mcp/upstream.ts';
import type { ServiceHost } from '../operations/services.ts';
import { readPrivateFile, writePrivateFile } from '../trust/index.ts';

/** How a process comes to the lists: it asks the servers, or takes those that are kept, or asks where none is kept. */
export type Listed = 'asks' | 'keeps' | 'asks once';

/** A list that is kept, and for which declaration. */
interface Kept {
  readonly declared: string;
  readonly listing: Listing;
}
type KeptLists = Readonly<Record<string, Kept>>;

/** A list that was read so short a time ago is not read again, in milliseconds. */
const FRESH_MS = 60_000;

/** The configuration with the operations of its upstreams. */
export async function withUpstreams(
  config: LoadedConfig,
  host: ServiceHost,
  listed: Listed,
): Promise<LoadedConfig> {
  const upstreams = toUpstreams(config);
  if (upstreams.length === 0) return config;
  const file = toFile(config);
  const kept = readKept(file);
  const offers = await Promise.all(
    upstreams.map(async (upstream) => {
      const own = kept[upstream.name];
      const known = own?.declared === toMark(upstream) ? own.listing : null;
      const asks = listed === 'asks' || (listed === 'asks once' && known === null);
      const asked = asks ? await ask(upstream, host) : null;
      const listing = asked ?? known;
      return listing ? [{ upstream, listing, isNew: asked !== null }] : [];
    }),
  );
  const found = offers.flat();
  if (found.some(({ isNew }) => isNew)) {
    await keep(config, file, kept, found).catch((error: unknown) => {
      host.log.warn('the lists of the upstreams could not be kept', { error: String(error) });
    });
  }
  const taken = new Set([...config.operations.map(({ name }) => name), ...CONTROL_TOOL_NAMES]);
  const { operations, problems } = toUpstreamOperations(found, taken);
  for (const problem of problems) host.log.warn(problem);
  return {
    ...config,
    operations: [...config.operations, ...operations],
    fingerprint: toHash([config.fingerprint, found.map(({ listing }) => listing)]),
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

/** Asks the servers again and keeps what they list now, for the processes that start later. */
export async function refreshUpstreams(config: LoadedConfig, host: ServiceHost): Promise<void> {
  const keptAt = statSync(toFile(config), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (Date.now() - keptAt < FRESH_MS) return;
  await withUpstreams({ ...config, operations: [] }, host, 'asks');
}

async function ask(upstream: Upstream, host: ServiceHost): Promise<Listing | null> {
  try {
    return await listTools(upstream, host);
  } catch (error) {
    const { name } = upstream;
    host.log.error(`upstream ${name}: its tools could not be listed: ${(error as Error).message}`);
    return null;
  }
}

async function keep(
  config: LoadedConfig,
  file: string,
  kept: KeptLists,
  found: readonly { readonly upstream: Upstream; readonly listing: Listing }[],
): Promise<void> {
  await openDataDirectory(config.dataDirectory);
  const lists = found.map(({ upstream, listing }) => [
    upstream.name,
    { declared: toMark(upstream), listing },
  ]);
  const text = JSON.stringify({ ...kept, ...Object.fromEntries(lists) });
  writePrivateFile(file, text);
}

function toFile({ dataDirectory }: LoadedConfig): string {
  return join(dataDirectory, 'upstreams.json');
}

function readKept(file: string): KeptLists {
  try {
    return JSON.parse(readPrivateFile(file) ?? '{}') as KeptLists;
  } catch {
    return {};
  }
}

function toMark({ command, args, cwd, url }: Upstream): string {
  return toHash([command ?? null, args, cwd ?? null, url ?? null]);
}

function toHash(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}
