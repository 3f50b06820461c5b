// The keys of a process, read where its configuration says. Invariant: a key that cannot be used keeps the process from
// starting, with a sentence that names the place and never the value.
import type { KeyObject } from 'node:crypto';
import type { LoadedConfig } from '../config/index.ts';
import { createSecretReader } from '../operations/secrets.ts';
import { createKeyring, parseKey, type Key, type Secrecy } from '../secrecy/index.ts';
import type { CommandContext } from './context.ts';

/**
 * Reads the keys; `null` where nothing is to be encrypted.
 *
 * @throws {Error} with one sentence when a key is not there or is none
 */
export async function loadSecrecy(
  { env }: Pick<CommandContext, 'env'>,
  { encryption, directory }: Pick<LoadedConfig, 'encryption' | 'directory'>,
): Promise<Secrecy | null> {
  const read = createSecretReader({ env, baseDirectory: directory });
  const load = async (option: string, reference: string): Promise<KeyObject> => {
    const text = await read(reference.replace(/^\$\{(.*)\}$/, '$1'));
    const secret = parseKey(text);
    if (secret) return secret;
    throw new Error(
      `${option}: what ${reference} leads to is not 32 bytes in Base64; "longhaul key create" makes such a key`,
    );
  };
  const { keys, nameKey } = encryption;
  const [first, ...others] = await Promise.all(
    keys.map(async ({ id, key }, index): Promise<Key> => ({
      id,
      secret: await load(`encryption.keys[${index}].key`, key),
    })),
  );
  if (!first || nameKey === null) return null;
  return {
    keyring: createKeyring([first, ...others]),
    nameKey: await load('encryption.nameKey', nameKey),
  };
}
