// How the connections to the upstreams of this process do, for operators. Invariant: it decides nothing.

interface UpstreamHealth {
  /** Open at this moment. */
  readonly connections: number;
  /** Failures in a row: 0 where the last connection works, or none was needed yet. */
  readonly failures: number;
  /** Of the last of these failures; `null` where there is none. */
  readonly reason: string | null;
}

export interface Health {
  /** By the name of the upstream. */
  read(): ReadonlyMap<string, UpstreamHealth>;
  opened(upstream: string): void;
  closed(upstream: string): void;
  failed(upstream: string, reason: string): void;
  /** A call has come through. */
  works(upstream: string): void;
}

/** @param names of all upstreams */
export function createHealth(names: readonly string[]): Health {
  const all = new Map<string, UpstreamHealth>(
    names.map((name) => [name, { connections: 0, failures: 0, reason: null }]),
  );
  const change = (name: string, more: (known: UpstreamHealth) => Partial<UpstreamHealth>): void => {
    const known = all.get(name) ?? { connections: 0, failures: 0, reason: null };
    all.set(name, { ...known, ...more(known) });
  };
  return {
    read: () => all,
    opened: (name) => {
      change(name, ({ connections }) => ({ connections: connections + 1 }));
    },
    closed: (name) => {
      change(name, ({ connections }) => ({ connections: connections - 1 }));
    },
    failed: (name, reason) => {
      change(name, ({ failures }) => ({ failures: failures + 1, reason }));
    },
    works: (name) => {
      change(name, () => ({ failures: 0, reason: null }));
    },
  };
}
