// What a worker does, as measurements and spans. Invariant: the counters that alerts watch are there before anything
// happens, since an increase from nothing to one is none to Prometheus.
import { toOperationOf } from '../contract/workflow/activity-id.ts';
import { ERRORS, type ErrorCode } from '../contract/errors.ts';
import { toTraceId } from '../contract/trace.ts';
import type { WorkerObserver } from '../contract/workflow/observation.ts';
import type { Instruments } from './instruments.ts';
import type { Spans } from './spans.ts';

const DEADLINE_CODES = (Object.keys(ERRORS) as ErrorCode[]).filter(
  (code) => ERRORS[code].seen.counts === 'deadline',
);

/** Creates the observer of a worker with these operations; `null` where metrics or traces are off. */
export function createWorkerObserver(
  operations: readonly string[],
  instruments: Instruments | null,
  spans: Spans | null,
): WorkerObserver {
  for (const operation of operations) {
    for (const name of ['unknown_outcomes', 'retries', 'recoveries', 'input_requests'] as const) {
      instruments?.add(name, 0, { operation });
    }
    for (const code of DEADLINE_CODES)
      instruments?.add('deadline_breaches', 0, { operation, code });
    instruments?.add('tasks_ended', 0, { operation, status: 'completed', code: '' });
    instruments?.add('attempts_running', 0, { operation });
    for (const status of ['delivered', 'failed'] as const) {
      instruments?.add('callback_attempts', 0, { operation, status });
    }
    for (const status of ['delivered', 'given_up'] as const) {
      instruments?.add('callbacks', 0, { operation, status });
    }
  }
  return {
    taskEnded: (end, taskRef, parent) => {
      const { operation, code, tookMs } = end;
      const status = code === null ? 'completed' : 'failed';
      instruments?.add('tasks_ended', 1, { operation, status, code: code ?? '' });
      instruments?.record('task_duration_seconds', tookMs / 1000, { operation, status });
      const counts = code && ERRORS[code].seen.counts;
      if (counts === 'unknown') instruments?.add('unknown_outcomes', 1, { operation });
      if (code && counts === 'deadline') {
        instruments?.add('deadline_breaches', 1, { operation, code });
      }
      spans?.task(end, taskRef, parent);
    },
    attemptEnded: ({ operation, code }) => {
      instruments?.add('attempts', 1, { operation, code: code ?? '' });
    },
    repeated: (operation, repetition) => {
      instruments?.add(repetition === 'retry' ? 'retries' : 'recoveries', 1, { operation });
    },
    asked: (operation) => {
      instruments?.add('input_requests', 1, { operation });
    },
    callbackSent: ({ operation, status }) => {
      instruments?.add('callback_attempts', 1, { operation, status });
    },
    callbackEnded: ({ operation, status, tookMs }) => {
      instruments?.add('callbacks', 1, { operation, status });
      instruments?.record('callback_duration_seconds', tookMs / 1000, { operation, status });
    },
    traceId: () => toTraceId(spans?.current() ?? null),
    run: async (activity, run) => {
      const traced = () => (spans ? spans.aroundStep(activity, run) : run());
      if (!instruments || !activity.isAttempt) return traced();
      const operation = toOperationOf(activity.type);
      const began = performance.now();
      instruments.add('attempts_running', 1, { operation });
      instruments.record('queue_duration_seconds', activity.queuedMs / 1000, { operation });
      try {
        return await traced();
      } finally {
        const seconds = (performance.now() - began) / 1000;
        instruments.add('attempts_running', -1, { operation });
        instruments.record('attempt_duration_seconds', seconds, { operation });
      }
    },
  };
}
