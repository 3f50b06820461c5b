// What a process reads beside its configuration. Invariant: each is read when it is first needed, and once, so that all parts
// of the process go by the same; what could not be read is read again when needed again.
import type { Gate } from '../auth/index.ts';
import type { LoadedConfig } from '../config/index.ts';
import type { Keyring } from '../encryption/index.ts';
import { createSecretReader } from '../operations/secrets.ts';
import { loadTemporalAddress } from '../temporal/connection/address.ts';
import type { TemporalAddress } from '../temporal/connection/connection.ts';
import type { CommandContext } from './context.ts';
import { createOperatorGate } from './gate.ts';
import { createKeyLoader, loadKeyring, loadKeys, type Keys } from './keys.ts';
import type { Log } from './log.ts';

export interface Resolved {
  /** Reads a secret by reference, at the moment of use. */
  readonly secret: (reference: string) => Promise<string>;
  /** Where Temporal is; `null` where the embedded server is used. */
  readonly address: () => TemporalAddress | null;
  /** The keys that encrypt and decrypt, without the one for names; `null` where there are none. */
  readonly keyring: () => Promise<Keyring | null>;
  readonly keys: () => Promise<Keys>;
  /** Of what operators use: the codec server and the Temporal UI. */
  readonly operatorGate: () => Promise<Gate>;
}

export function createResolved(
  { env }: Pick<CommandContext, 'env'>,
  config: LoadedConfig,
  log: Pick<Log, 'warn'>,
): Resolved {
  const { directory, encryption } = config;
  const secret = createSecretReader({ env, baseDirectory: directory });
  const load = createKeyLoader(secret, directory);
  const keyring = once(async () => loadKeyring(load, encryption));
  let address: TemporalAddress | null | undefined;
  return {
    secret,
    address: () => {
      if (address === undefined) address = loadTemporalAddress({ env });
      return address;
    },
    keyring,
    keys: once(async () => loadKeys(load, encryption, await keyring())),
    operatorGate: once(async () => createOperatorGate(secret, config, log)),
  };
}

function once<Value>(read: () => Promise<Value>): () => Promise<Value> {
  let reading: Promise<Value> | undefined;
  return async () => {
    reading ??= read().catch((failure: unknown) => {
      reading = undefined;
      throw failure;
    });
    return reading;
  };
}
