// What the upstreams listed last, in the data directory: so a session starts at once, and gateway and background worker go by the same
// lists. Invariant: a list counts for the declaration that it was read by, and for no other.
import { hash } from 'node:crypto';
import { statSync, watchFile } from 'node:fs';
import { join } from 'node:path';
import type { LoadedConfig } from '../../config/index.ts';
import { isJsonObject } from '../../contract/json.ts';
import { openDataDirectory } from '../../local/index.ts';
import type { Listing } from '../../operations/kinds/mcp/tools.ts';
import type { Upstream } from '../../operations/kinds/mcp/upstream.ts';
import { readPrivateFile, writePrivateFile } from '../../trust/index.ts';

export interface KeptLists {
  /** `null` where none is kept of this declaration. */
  read(upstream: Upstream): Listing | null;
  /** Keeps them, beside those of other upstreams. */
  write(
    lists: readonly { readonly upstream: Upstream; readonly listing: Listing }[],
  ): Promise<void>;
  /** When they were written last, in milliseconds since 1970; 0 where there are none. */
  writtenAt(): number;
  /** Calls back after they were written, by whatever process. */
  watch(onWrite: () => void): void;
}

/** Of the file. An earlier version kept less. */
const VERSION = 2;
/** How often a process looks whether another one has written them, in milliseconds. */
const WATCH_MS = 1_000;

export function openKeptLists({ dataDirectory }: Pick<LoadedConfig, 'dataDirectory'>): KeptLists {
  const file = join(dataDirectory, 'upstreams.json');
  const readAll = (): Readonly<Record<string, unknown>> => {
    try {
      const kept: unknown = JSON.parse(readPrivateFile(file) ?? '');
      return isJsonObject(kept) && kept['version'] === VERSION && isJsonObject(kept['lists'])
        ? kept['lists']
        : {};
    } catch {
      return {};
    }
  };
  return {
    read: (upstream) => {
      const own = readAll()[upstream.name];
      return isJsonObject(own) && own['declared'] === toMark(upstream)
        ? (own['listing'] as unknown as Listing) // as this user's own process wrote it
        : null;
    },
    write: async (lists) => {
      await openDataDirectory(dataDirectory);
      const own = lists.map(
        ({ upstream, listing }) =>
          [upstream.name, { declared: toMark(upstream), listing }] as const,
      );
      const all = new Map<string, unknown>([...Object.entries(readAll()), ...own]);
      const text = JSON.stringify({ version: VERSION, lists: Object.fromEntries(all) });
      writePrivateFile(file, text);
    },
    writtenAt: () => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0,
    watch: (onWrite) => void watchFile(file, { interval: WATCH_MS, persistent: false }, onWrite),
  };
}

function toMark({ command, args, cwd, url }: Upstream): string {
  const declared = JSON.stringify([command ?? null, args, cwd ?? null, url ?? null]);
  return hash('sha256', declared, 'hex');
}
