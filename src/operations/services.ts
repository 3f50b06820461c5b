// What attempts of a process share: connections and pools that a kind of operation needs beside its parameters.
// S1: each is opened when an attempt first asks for it, and once; one that could not be opened is tried again by the next.
// S2: they are closed in the reverse of the order in which they were opened, each although another could not be.
import type { Json } from '../contract/json.ts';

/** What services are opened with. What only the process can make, such as a client of Temporal, is a member of its own. */
export interface ServiceHost {
  /** Reads a secret by reference, `env:NAME` or `file:path`. */
  readonly secret: (reference: string) => Promise<string>;
  /** The variables that another program gets to see: what every program needs, and those that are named. */
  readonly childEnvironment: (names: readonly string[]) => Readonly<Record<string, string>>;
  readonly log: Readonly<
    Record<
      'debug' | 'info' | 'warn' | 'error',
      (message: string, fields?: Readonly<Record<string, Json>>) => void
    >
  >;
  /** Of Longhaul. */
  readonly version: string;
}

/** A service that a kind declares. The object is the key: attempts that name the same one share what it opened. */
export interface Service<Opened extends AsyncDisposable> {
  readonly open: (host: ServiceHost) => Opened | Promise<Opened>;
}

export interface Services extends AsyncDisposable {
  /** Rejects with what opening the service rejects with. */
  get<Opened extends AsyncDisposable>(service: Service<Opened>): Promise<Opened>;
}

export function createServices(host: ServiceHost): Services {
  const opened = new Map<Service<AsyncDisposable>, Promise<AsyncDisposable>>();
  return {
    get: async <Opened extends AsyncDisposable>(service: Service<Opened>) => {
      const known = opened.get(service) as Promise<Opened> | undefined; // as its own key opened it
      if (known) return known;
      const opening = (async () => service.open(host))();
      opened.set(service, opening);
      opening.catch(() => opened.delete(service));
      return opening;
    },
    [Symbol.asyncDispose]: async () => {
      const parts = await Promise.allSettled(opened.values());
      opened.clear();
      await closeInReverse(
        parts.flatMap((part) => (part.status === 'fulfilled' ? part.value : [])),
      );
    },
  };
}

/** Closes what is open, last first, each although another could not be. */
export async function closeInReverse([first, ...later]: readonly AsyncDisposable[]): Promise<void> {
  try {
    if (later.length > 0) await closeInReverse(later);
  } finally {
    await first?.[Symbol.asyncDispose]();
  }
}
