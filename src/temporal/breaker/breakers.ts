// The circuit breakers of one process: a circuit for each operation that has one, kept in step with the fleet by a look every
// two seconds. Invariant: asking whether an operation may start costs no call, and a process whose operations have no breaker
// makes none at all.
import { Context } from '@temporalio/activity';
import { toPutOffFailure, type Guard } from '../../../activities/guard.ts';
import type { BreakerNews } from '../../contract/breaker.ts';
import { createTaskError, type TaskError } from '../../contract/errors.ts';
import type { OperationLog } from '../../operations/context.ts';
import type { Registry } from '../../operations/registry.ts';
import { pause } from '../pause.ts';
import { createCircuit, type Circuit } from './circuit.ts';
import { createRead, tellFleet, type Fleet } from './shared.ts';
import { toVerdict } from './verdict.ts';
import type { CircuitView } from './view.ts';

/** What the breakers of a process need. */
export interface BreakersOptions extends Fleet {
  readonly registry: Registry;
  readonly log: Pick<OperationLog, 'info' | 'warn'>;
}

/** The breakers of a process. */
export interface Breakers extends AsyncDisposable {
  /** Why a start of the operation is refused for now; `null` when it is not. */
  refusal(operation: string): TaskError | null;
  /** What stands before the attempts of an operation; `null` when nothing. */
  guard(operation: string): Guard | null;
  /** How the circuits stand, by operation. */
  states(): readonly (readonly [operation: string, state: CircuitView['state']])[];
}

/** How often a process looks what the others know, in milliseconds. */
const LOOK_MS = 2_000;

/** Opens the breakers; they know what the fleet knows when the promise resolves, unless Temporal is away. */
export async function openBreakers(options: BreakersOptions): Promise<Breakers> {
  const { registry, log } = options;
  const circuits = new Map<string, Circuit>();
  const read = createRead(options);
  const tell = (news: BreakerNews) => {
    void tellFleet(options, news).catch(() => undefined); // told again with the next look
  };
  for (const { operation, policy } of registry.all) {
    if (!policy.breaker) continue;
    const onNews = (news: BreakerNews) => {
      if (news.event === 'opened') log.warn('circuit opened', { ...news });
      else log.info('circuit closed', { operation: news.operation });
      tell(news);
    };
    circuits.set(operation.name, createCircuit(operation.name, policy.breaker, onNews));
  }
  const look = async (): Promise<void> => {
    const entries = await read().catch(() => null); // what was known goes on being true
    if (!entries) return;
    for (const [operation, circuit] of circuits) {
      const before = circuit.view;
      const unheard = circuit.hear(entries[operation]);
      if (unheard) tell(unheard);
      logChange(log, operation, before, circuit.view);
    }
  };
  const leaving = new AbortController();
  const watch = async (): Promise<void> => {
    for (;;) {
      await pause(LOOK_MS, leaving.signal);
      if (leaving.signal.aborted) return;
      await look();
    }
  };
  if (circuits.size > 0) await look();
  const watching = circuits.size > 0 ? watch() : Promise.resolve();
  return {
    refusal: (operation) => {
      const view = circuits.get(operation)?.view;
      return view?.state === 'open' ? toRefusal(operation, view) : null;
    },
    guard: (operation) => {
      const circuit = circuits.get(operation);
      return circuit
        ? createGuard(operation, circuit, registry.get(operation).policy.attemptMs)
        : null;
    },
    states: () => [...circuits].map(([operation, { view }]) => [operation, view.state]),
    [Symbol.asyncDispose]: async () => {
      leaving.abort();
      await watching;
    },
  };
}

function createGuard(operation: string, circuit: Circuit, attemptMs: number): Guard {
  return async (attempt) => {
    const activity = Context.current();
    return circuit.run(
      attempt,
      (thrown) =>
        toVerdict(thrown, {
          timedOut: activity.cancellationDetails?.timedOut ?? false,
          allowedMs: activity.info.startToCloseTimeoutMs,
          attemptMs,
        }),
      (retryAfterMs) =>
        toPutOffFailure(
          `${operation} is switched off for the moment; nothing was run`,
          retryAfterMs,
        ),
    );
  };
}

/** What the last failure was is not told: it may have been another caller's. */
function toRefusal(operation: string, view: CircuitView & { readonly state: 'open' }): TaskError {
  const { until, reason } = view;
  if (until === null) {
    const why = reason === '' ? '' : ` (${reason})`;
    const message = `${operation} was switched off by an operator${why}; nothing was started, and nobody can tell how long it stays off`;
    return createTaskError('CIRCUIT_OPEN', message);
  }
  return createTaskError(
    'CIRCUIT_OPEN',
    `${operation} is switched off for the moment because it keeps failing; nothing was started`,
    { retryAfterMs: Math.max(1, until - Date.now()) },
  );
}

function logChange(
  log: BreakersOptions['log'],
  operation: string,
  before: CircuitView,
  { state }: CircuitView,
): void {
  if (before.state !== state && state !== 'half_open') {
    log.info(`circuit is ${state}, as the fleet knows`, { operation });
  }
}
