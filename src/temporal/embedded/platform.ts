// The pinned Temporal CLI, and what it is called for the machine at hand.
import { join } from 'node:path';

/** The Temporal CLI that is downloaded or built; its server is 1.31.2. */
export const CLI_VERSION = '1.8.2';

/** A machine in Go's and Temporal's words. */
export interface Target {
  readonly platform: string;
  readonly architecture: string;
}

const PLATFORMS: Partial<Record<NodeJS.Platform, string>> = { linux: 'linux', darwin: 'darwin' };
const ARCHITECTURES: Partial<Record<NodeJS.Architecture, string>> = {
  x64: 'amd64',
  arm64: 'arm64',
};

/**
 * This machine.
 *
 * @throws {Error} when no Temporal CLI is published for it
 */
export function thisTarget(): Target {
  const platform = PLATFORMS[process.platform];
  const architecture = ARCHITECTURES[process.arch];
  if (!platform || !architecture) {
    throw new Error(`there is no Temporal CLI for ${process.platform} on ${process.arch}`);
  }
  return { platform, architecture };
}

/** Longhaul's cache: `$XDG_CACHE_HOME/longhaul` or `~/.cache/longhaul`. */
export function cacheDirectory(
  env: Readonly<Record<string, string | undefined>>,
  home: string,
): string {
  const base = env['XDG_CACHE_HOME'];
  return join(base === undefined || base === '' ? join(home, '.cache') : base, 'longhaul');
}

/** Where the cache keeps the pinned CLI for a machine. */
export function cachedCliFile(cache: string, { platform, architecture }: Target): string {
  return join(cache, `temporal-cli-${CLI_VERSION}-${platform}-${architecture}`);
}
