// What a process reads beside its configuration: where Temporal is, and its keys. Invariant: each is read when it is first
// needed, and once, so that all parts of the process go by the same; what could not be read is read again when needed again.
import type { LoadedConfig } from '../config/index.ts';
import { loadTemporalAddress } from '../temporal/connection/address.ts';
import type { TemporalAddress } from '../temporal/connection/connection.ts';
import type { CommandContext } from './context.ts';
import { loadKeys, type Keys } from './secrecy.ts';

/** What is read once. */
export interface Resolved {
  /** Where Temporal is; `null` where the embedded server is used. */
  readonly address: () => TemporalAddress | null;
  readonly keys: () => Promise<Keys>;
}

/** Reads nothing yet. */
export function createResolved(
  { env }: Pick<CommandContext, 'env'>,
  config: Pick<LoadedConfig, 'encryption' | 'directory'>,
): Resolved {
  let address: TemporalAddress | null | undefined;
  let keys: Promise<Keys> | undefined;
  return {
    address: () => {
      if (address === undefined) address = loadTemporalAddress({ env });
      return address;
    },
    keys: async () => {
      keys ??= loadKeys({ env }, config);
      try {
        return await keys;
      } catch (failure) {
        keys = undefined;
        throw failure;
      }
    },
  };
}
