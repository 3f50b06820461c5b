// The circuit breakers of one process: a circuit for each operation that has one, which reads what the fleet knows every
// two seconds. Invariant: asking whether an operation may start costs no call, and a process whose operations have no breaker
// makes none at all.
import { Context } from '@temporalio/activity';
import { toPutOffFailure, type Guard } from '../../../activities/attempt/guard.ts';
import type { BreakerNews } from '../../contract/workflow/breaker.ts';
import { createTaskError, type TaskError } from '../../contract/errors.ts';
import type { OperationLog } from '../../operations/context.ts';
import type { Registry } from '../../operations/registry.ts';
import { toIdPart } from '../calls/identity.ts';
import { pause } from '../../contract/pause.ts';
import { createCircuits, type Circuits } from './circuits.ts';
import { createRead, reportToFleet, type Fleet } from './shared.ts';
import { toVerdict } from './verdict.ts';
import type { CircuitView } from './view.ts';

export interface BreakersOptions extends Fleet {
  readonly registry: Registry;
  /** Whether there is one principal alone, so that its failures count for the operation. Default: there are several. */
  readonly isShared?: boolean;
  readonly log: Pick<OperationLog, 'info' | 'warn'>;
}

export interface Breakers extends AsyncDisposable {
  /** Why a start of the operation by this principal is refused for now; `null` when it is not. */
  refusal(operation: string, principal: string): TaskError | null;
  /** What stands before the attempts of an operation; `null` when nothing. */
  guard(operation: string): Guard | null;
  /** How the circuits stand, by operation: the one for all callers, and for how many principals alone another is open. */
  states(): readonly {
    readonly operation: string;
    readonly state: CircuitView['state'];
    readonly ownOpen: number;
  }[];
}

/** How often a process reads what the fleet knows, in milliseconds. */
const READ_MS = 2_000;

/** Opens the breakers; they know what the fleet knows when the promise resolves, unless Temporal is away. */
export async function openBreakers(options: BreakersOptions): Promise<Breakers> {
  const { registry, log, isShared = false } = options;
  const circuits = new Map<string, Circuits>();
  const read = createRead(options);
  const report = (news: BreakerNews) => {
    void reportToFleet(options, news).catch(() => undefined); // reported again after the next read
  };
  for (const { operation, policy } of registry.all) {
    if (!policy.breaker) continue;
    const onNews = (news: BreakerNews) => {
      if (news.event === 'opened') log.warn('circuit opened', { ...news });
      else log.info('circuit closed', { operation: news.operation });
      report(news);
    };
    circuits.set(operation.name, createCircuits(operation.name, policy.breaker, onNews, isShared));
  }
  const update = async (): Promise<void> => {
    const entries = await read().catch(() => null); // what was known stays in use
    if (!entries) return;
    for (const [operation, circuit] of circuits) {
      const before = circuit.view;
      for (const unheard of circuit.hear(entries)) report(unheard);
      const { state } = circuit.view;
      if (before.state !== state && state !== 'half_open') {
        log.info(`circuit is ${state}, as the fleet knows`, { operation });
      }
    }
  };
  const leaving = new AbortController();
  const watch = async (): Promise<void> => {
    for (;;) {
      await pause(READ_MS, leaving.signal);
      if (leaving.signal.aborted) return;
      await update();
    }
  };
  if (circuits.size > 0) await update();
  const watching = circuits.size > 0 ? watch() : Promise.resolve();
  return {
    refusal: (operation, principal) => {
      const against = circuits.get(operation)?.viewOf(toIdPart(principal));
      if (against?.view.state !== 'open') return null;
      return toRefusal(operation, against.view, against.isOwn);
    },
    guard: (operation) => {
      const circuit = circuits.get(operation);
      return circuit
        ? createGuard(operation, circuit, registry.get(operation).policy.attemptMs)
        : null;
    },
    states: () =>
      [...circuits].map(([operation, { view, ownOpen }]) => ({
        operation,
        state: view.state,
        ownOpen,
      })),
    [Symbol.asyncDispose]: async () => {
      leaving.abort();
      await watching;
    },
  };
}

function createGuard(operation: string, circuits: Circuits, attemptMs: number): Guard {
  return async (attempt, principal) => {
    const activity = Context.current();
    return circuits.run(
      toIdPart(principal),
      attempt,
      (thrown) =>
        toVerdict(thrown, {
          timedOut: activity.cancellationDetails?.timedOut ?? false,
          allowedMs: activity.info.startToCloseTimeoutMs,
          attemptMs,
        }),
      (retryAfterMs) =>
        toPutOffFailure(`${operation} is switched off for the moment; nothing was run`, {
          code: 'CIRCUIT_OPEN',
          ...(retryAfterMs !== null && { retryAfterMs }),
        }),
    );
  };
}

/** The last failure is not named: it may have been another caller's. */
function toRefusal(
  operation: string,
  view: CircuitView & { readonly state: 'open' },
  isOwn: boolean,
): TaskError {
  const { until, reason } = view;
  if (until === null) {
    const why = reason === '' ? '' : ` (${reason})`;
    const message = `${operation} was switched off by an operator${why}; nothing was started, and how long it stays off is not known`;
    return createTaskError('CIRCUIT_OPEN', message);
  }
  return createTaskError(
    'CIRCUIT_OPEN',
    isOwn
      ? `${operation} is switched off for this caller for the moment because its calls keep failing; nothing was started`
      : `${operation} is switched off for the moment because it keeps failing; nothing was started`,
    { retryAfterMs: Math.max(1, until - Date.now()) },
  );
}
