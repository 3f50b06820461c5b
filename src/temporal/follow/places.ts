// Clients for the namespaces and clusters where workflows of others run, one for each. A profile's cluster is connected when it is
// first needed, once. Invariant: what goes there is readable for its workers: Longhaul's keys only read what comes back.
import { Client } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { OperationError } from '../../contract/errors.ts';
import type { Place } from '../../contract/workflow/target.ts';
import { toForeignConverter } from '../codec/encryption.ts';
import { loadTemporalAddress } from '../connection/address.ts';
import type { TemporalAddress, TemporalConnection } from '../connection/connection.ts';

/** A namespace that can be talked to. */
export interface OpenPlace {
  readonly client: Client;
  readonly namespace: string;
}

/** The namespaces of others. */
export interface Places extends AsyncDisposable {
  /** Rejects with `UPSTREAM_UNAVAILABLE` where the cluster of a profile is out of reach. */
  open(place: Place): Promise<OpenPlace>;
  /** @throws {TypeError} one sentence, when there is no such profile */
  check(place: Place): void;
}

/** @param env where `temporal.toml` is found with */
export function createPlaces(
  own: Pick<TemporalConnection, 'connection' | 'namespace' | 'encryption'>,
  env: Readonly<Record<string, string | undefined>>,
): Places {
  const connections = new Map<string, Promise<NativeConnection>>();
  const connect = async (profile: string): Promise<NativeConnection> => {
    const known = connections.get(profile);
    if (known) return known;
    const { connectionOptions } = loadProfile(profile, env);
    const connecting = NativeConnection.connect(connectionOptions);
    connections.set(profile, connecting);
    connecting.catch(() => connections.delete(profile));
    return connecting;
  };
  const dataConverter = toForeignConverter(own.encryption?.keyring ?? null);
  const opened = new Map<string, Promise<OpenPlace>>();
  const open = async ({ profile, namespace }: Place): Promise<OpenPlace> => {
    if (profile === undefined) return toOpen(own.connection, namespace ?? own.namespace);
    const there = namespace ?? loadProfile(profile, env).namespace;
    const connection = await connect(profile).catch((failure: unknown) => {
      throw new OperationError(
        'UPSTREAM_UNAVAILABLE',
        `the Temporal of profile ${profile} is out of reach: ${(failure as Error).message}`,
        { cause: failure },
      );
    });
    return toOpen(connection, there);
  };
  const toOpen = (connection: NativeConnection, namespace: string): OpenPlace => ({
    client: new Client({ connection, namespace, dataConverter }),
    namespace,
  });
  return {
    open: async (place) => {
      const key = JSON.stringify([place.profile, place.namespace]);
      const known = opened.get(key);
      if (known) return known;
      const opening = open(place);
      opened.set(key, opening);
      opening.catch(() => opened.delete(key));
      return opening;
    },
    check: ({ profile }) => {
      if (profile !== undefined) loadProfile(profile, env);
    },
    [Symbol.asyncDispose]: async () => {
      const open = await Promise.allSettled(connections.values());
      await Promise.all(
        open.map(async (one) => (one.status === 'fulfilled' ? one.value.close() : undefined)),
      );
    },
  };
}

/** What only concerns the profile of Longhaul itself. */
const OWN = /^TEMPORAL_(?!CONFIG_FILE$)/;

function loadProfile(
  profile: string,
  env: Readonly<Record<string, string | undefined>>,
): TemporalAddress {
  const rest = Object.entries(env).filter(([name]) => !OWN.test(name));
  try {
    const address = loadTemporalAddress({
      env: { ...Object.fromEntries(rest), TEMPORAL_PROFILE: profile },
    });
    if (address) return address;
  } catch (failure) {
    throw new TypeError(`Temporal profile ${profile}: ${(failure as Error).message}`, {
      cause: failure,
    });
  }
  throw new TypeError(`Temporal profile ${profile}: temporal.toml has none of this name`);
}
