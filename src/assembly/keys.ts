// The keys of a process, read where its configuration says. Invariant: a key that cannot be used keeps the process from
// starting, with a sentence that names the place and never the value.
import type { KeyObject } from 'node:crypto';
import { resolve } from 'node:path';
import type { LoadedConfig } from '../config/index.ts';
import { withoutBraces } from '../contract/secret-reference.ts';
import {
  createKeyring,
  deriveInstallationKey,
  parseKey,
  type Key,
  type Keyring,
  type Encryption,
} from '../encryption/index.ts';
import { findExposureBehind } from '../trust/index.ts';

export interface Keys {
  /** `null` where nothing is to be encrypted. */
  readonly encryption: Encryption | null;
  /** The key of the installation that the configuration leads to; `null` where it names none. */
  readonly installationKey: KeyObject | null;
}

type LoadKey = (option: string, reference: string) => Promise<KeyObject>;

/** @throws {Error} with one sentence when a key is not there or is none */
export async function loadKeys(
  load: LoadKey,
  { nameKey: reference }: Pick<LoadedConfig['encryption'], 'nameKey'>,
  keyring: Keyring | null,
): Promise<Keys> {
  if (reference === null) return { encryption: null, installationKey: null };
  const nameKey = await load('encryption.nameKey', reference);
  return {
    encryption: keyring && { keyring, nameKey },
    installationKey: deriveInstallationKey(nameKey),
  };
}

/**
 * Reads the keys that encrypt and decrypt; `null` where there are none.
 *
 * @throws {Error} with one sentence when a key is not there or is none
 */
export async function loadKeyring(
  load: LoadKey,
  { keys }: Pick<LoadedConfig['encryption'], 'keys'>,
): Promise<Keyring | null> {
  const [first, ...others] = await Promise.all(
    keys.map(async ({ id, key }, index): Promise<Key> => ({
      id,
      secret: await load(`encryption.keys[${index}].key`, key),
    })),
  );
  return first ? createKeyring([first, ...others]) : null;
}

/** Creates what reads a key through `secret`; files are relative to the directory. */
export function createKeyLoader(
  secret: (reference: string) => Promise<string>,
  directory: string,
): LoadKey {
  return async (option, reference) => {
    const bare = withoutBraces(reference);
    refuseExposed(option, bare, directory);
    const key = parseKey(await secret(bare));
    if (key) return key;
    throw new Error(
      `${option}: what ${reference} leads to is not 32 bytes in Base64; "longhaul key create" makes such a key`,
    );
  };
}

/** A user who can write a key knows it, and reads all that is encrypted from then on. */
function refuseExposed(option: string, reference: string, directory: string): void {
  if (!reference.startsWith('file:')) return;
  const file = resolve(directory, reference.slice('file:'.length));
  const exposure = findExposureBehind(file);
  if (exposure === null) return;
  throw new Error(`${option}: ${file} ${exposure.why}; ${exposure.command}`);
}
