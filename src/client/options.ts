// What a task client is made with. Invariant: options are resolved once, and bad ones fail there.
import { createWakeUps, type WakeUps } from './wake-up.ts';
import type { CallTool } from './call-tool.ts';
import type { Dialect } from './dialect.ts';
import { realTiming, type BackOff, type Timing } from './timing.ts';

/** How to poll where the server does not hold a call; the names of the gateway's `polling` group. */
export interface PollingOptions extends Partial<BackOff> {
  /** Polls after which plain polling of a pair gives up with `POLLS_EXHAUSTED`; 20 by default. The task runs on. */
  readonly maxAttempts?: number;
}

/** Options of `createTaskClient`. */
export interface TaskClientOptions {
  /**
   * Names of the tools and fields of a start/status pair. By default native tasks are used where both sides have them, and
   * Longhaul's own pair otherwise.
   */
  readonly dialect?: Dialect;
  /** How long one call asks the server to wait, in seconds; 0 to 300, 20 by default. 0 polls. */
  readonly waitSeconds?: number;
  /** Back-off of plain polling: 1 s, doubling, up to 30 s by default. */
  readonly polling?: PollingOptions;
  /** How long a server may be out of reach in one piece, in seconds, before `UNREACHABLE`; 300 by default. */
  readonly patienceSeconds?: number;
  /** Opens the connection again after a call that failed; without it the first one is used throughout. */
  readonly reconnect?: () => Promise<CallTool>;
  /** Clock and chance, for tests. */
  readonly timing?: Timing;
}

export interface ResolvedOptions {
  /** `undefined` where the user names none. */
  readonly dialect: Dialect | undefined;
  readonly waitSeconds: number;
  readonly backOff: BackOff;
  readonly maxAttempts: number;
  readonly outageMs: number;
  readonly reconnect: (() => Promise<CallTool>) | undefined;
  readonly timing: Timing;
  /** Ends pauses of this client's waits early. */
  readonly wakeUps: WakeUps;
}

/** Fills in the defaults. @throws {RangeError} that names every number out of bounds. */
export function resolveOptions(options: TaskClientOptions = {}): ResolvedOptions {
  const { dialect, waitSeconds = 20, patienceSeconds = 300 } = options;
  const polling = {
    initialIntervalMs: 1000,
    maxIntervalMs: 30_000,
    backoffMultiplier: 2,
    maxAttempts: 20,
    ...options.polling,
  };
  const bounds = [
    ['waitSeconds', waitSeconds, 0, 300],
    ['patienceSeconds', patienceSeconds, 0, Infinity],
    ['polling.initialIntervalMs', polling.initialIntervalMs, 1, Infinity],
    ['polling.maxIntervalMs', polling.maxIntervalMs, polling.initialIntervalMs, Infinity],
    ['polling.backoffMultiplier', polling.backoffMultiplier, 1, Infinity],
    ['polling.maxAttempts', polling.maxAttempts, 1, Infinity],
  ] as const;
  const problems = bounds
    .filter(([, value, low, high]) => !(value >= low && value <= high))
    .map(([name, value, low, high]) => `${name}: expected ${low} to ${high}, got ${value}`);
  if (problems.length > 0) throw new RangeError(problems.join('; '));
  const { maxAttempts, ...backOff } = polling;
  return {
    dialect,
    waitSeconds,
    backOff,
    maxAttempts,
    outageMs: patienceSeconds * 1000,
    reconnect: options.reconnect,
    timing: options.timing ?? realTiming,
    wakeUps: createWakeUps(),
  };
}
