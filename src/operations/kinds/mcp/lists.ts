// What a connected server lists: read when somebody asks for it, and again once the server has said that it changed.
import type { Connection } from './connection.ts';
import { readListing, type Listing } from './tools.ts';
import type { Upstream } from './upstream.ts';

export interface Lists {
  /** Rejects with what keeps them from being read; the next one tries again. */
  read(): Promise<Listing>;
  /** The server has said that one of them changed. */
  forget(): void;
}

export function createLists(upstream: Upstream, connection: () => Promise<Connection>): Lists {
  let known: Promise<Listing> | undefined;
  return {
    read: async () => {
      const reading = (known ??= connection().then(async ({ client }) =>
        readListing(client, upstream),
      ));
      reading.catch(() => {
        if (known === reading) known = undefined;
      });
      return reading;
    },
    forget: () => {
      known = undefined;
    },
  };
}
