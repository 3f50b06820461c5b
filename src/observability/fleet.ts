// The state of the fleet as gauges. A round of questions goes to Temporal in the background, one at a time with pauses, so that
// the number of operations changes how old the figures are, not what they cost.
import { pause } from '../contract/pause.ts';
import type { FleetStatus, QueueStatus, TaskCounts } from '../contract/workflow/observation.ts';
import type { Instruments } from './instruments.ts';

/** From the end of one round to the beginning of the next, in milliseconds. */
const ROUND_MS = 10_000;

/** From one question to the next, in milliseconds. */
const QUESTION_MS = 50;

/** Figures that have not been confirmed for this long are not shown any more, in milliseconds. */
const FRESH_MS = 120_000;

/** Asks until it is disposed of. */
export function watchFleet(
  fleet: FleetStatus,
  operations: readonly string[],
  instruments: Instruments,
): AsyncDisposable {
  let queues: { at: number; seen: readonly QueueStatus[] } = { at: 0, seen: [] };
  const tasks = new Map<string, { at: number; counts: TaskCounts }>();
  const isFresh = ({ at }: { at: number }) => performance.now() - at < FRESH_MS;
  const shown = () => (isFresh(queues) ? queues.seen : []);
  instruments.observe('queue_depth', () => shown().map(({ kind, depth }) => [depth, { kind }]));
  instruments.observe('queue_age_seconds', () =>
    shown().map(({ kind, ageMs }) => [ageMs / 1000, { kind }]),
  );
  instruments.observe('workers_polling', () =>
    shown().map(({ kind, workers }) => [workers, { kind }]),
  );
  instruments.observe('tasks', () =>
    [...tasks].flatMap(([operation, known]) =>
      isFresh(known)
        ? Object.entries(known.counts).map(
            ([status, count]) => [count, { operation, status }] as const,
          )
        : [],
    ),
  );
  instruments.add('looks_failed', 0, {});

  const over = new AbortController();
  const ask = async (question: () => Promise<void>, pauseMs: number): Promise<void> => {
    if (over.signal.aborted) return;
    await question().catch(() => {
      instruments.add('looks_failed', 1, {});
    });
    await pause(pauseMs, over.signal);
  };
  const askAll = async (): Promise<void> => {
    while (!over.signal.aborted) {
      await ask(async () => {
        queues = { seen: await fleet.queues(), at: performance.now() };
      }, QUESTION_MS);
      for (const operation of operations) {
        await ask(async () => {
          tasks.set(operation, { counts: await fleet.tasks(operation), at: performance.now() });
        }, QUESTION_MS);
      }
      await pause(ROUND_MS, over.signal);
    }
  };
  const asking = askAll();
  return {
    [Symbol.asyncDispose]: async () => {
      over.abort();
      await asking;
    },
  };
}
