// Every metric of Longhaul: one table, from which the instruments and docs/observability.md are made. Invariant: no label
// takes more values than there are operations, upstreams, error codes or methods; nothing that a caller makes up ends in a label.

type Label = 'operation' | 'status' | 'code' | 'face' | 'method' | 'kind' | 'upstream';

export interface Definition {
  readonly kind: 'counter' | 'gauge' | 'updown' | 'histogram';
  readonly labels: readonly Label[];
  readonly meaning: string;
  /** Upper bounds of a histogram. */
  readonly bounds?: readonly number[];
}

type Table = Readonly<Record<string, Definition>>;

/** Seconds, from an answer out of a cache to the longest wait. */
const CALL = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Seconds, from an empty operation to a day. */
const WORK = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 900, 3600, 14_400, 86_400];

const GATEWAY = {
  request_duration_seconds: {
    kind: 'histogram',
    labels: ['face', 'method', 'status'],
    meaning: 'How long requests took, by HTTP status; a refused call is answered with 200, too.',
    bounds: CALL,
  },
  tasks_started: {
    kind: 'counter',
    labels: ['operation'],
    meaning: 'Tasks that were started; a request that found its task there already is none.',
  },
  deduplications: {
    kind: 'counter',
    labels: ['operation'],
    meaning: 'Requests that found their task there already.',
  },
  refusals: {
    kind: 'counter',
    labels: ['method', 'code'],
    meaning:
      'Calls that could not be answered, by what was asked for and why: an error code, or the number that HTTP or JSON-RPC has for it.',
  },
  wait_duration_seconds: {
    kind: 'histogram',
    labels: ['status'],
    meaning: 'How long calls waited for a task, by how it stood in the end.',
    bounds: CALL,
  },
  polls_per_task: {
    kind: 'histogram',
    labels: ['operation'],
    meaning:
      'Reads and waits until the end of a task was shown, by the gateway that showed it first.',
    bounds: [1, 2, 3, 5, 8, 13, 20, 50, 100],
  },
} as const satisfies Table;

const WORKER = {
  tasks_ended: {
    kind: 'counter',
    labels: ['operation', 'status', 'code'],
    meaning:
      'Tasks that ended on a worker, with the error code of those that failed. What Temporal ends by itself, because no worker was there, shows in `tasks`.',
  },
  task_duration_seconds: {
    kind: 'histogram',
    labels: ['operation', 'status'],
    meaning: 'From start to end, without waiting for input.',
    bounds: WORK,
  },
  queue_duration_seconds: {
    kind: 'histogram',
    labels: ['operation'],
    meaning: 'How long attempts waited for a worker.',
    bounds: WORK,
  },
  attempt_duration_seconds: {
    kind: 'histogram',
    labels: ['operation'],
    meaning: 'How long attempts ran, whatever came of them.',
    bounds: WORK,
  },
  attempts_running: {
    kind: 'updown',
    labels: ['operation'],
    meaning: 'Attempts that run at this moment.',
  },
  attempts: {
    kind: 'counter',
    labels: ['operation', 'code'],
    meaning: 'Attempts that ended, with the error code of those that brought no result.',
  },
  retries: {
    kind: 'counter',
    labels: ['operation'],
    meaning: 'Attempts that follow one whose operation said that it failed.',
  },
  recoveries: {
    kind: 'counter',
    labels: ['operation'],
    meaning: 'Attempts that follow one that was lost with its worker, or that no worker could run.',
  },
  unknown_outcomes: {
    kind: 'counter',
    labels: ['operation'],
    meaning: 'Tasks that ended as `OUTCOME_UNKNOWN`: a person has to check upstream.',
  },
  deadline_breaches: {
    kind: 'counter',
    labels: ['operation', 'code'],
    meaning: 'Tasks that ended because a limit of time passed.',
  },
  input_requests: {
    kind: 'counter',
    labels: ['operation'],
    meaning: 'Rounds of questions that tasks asked people.',
  },
  callback_attempts: {
    kind: 'counter',
    labels: ['operation', 'status'],
    meaning:
      'Attempts to send a callback: `delivered`, `gone` (the receiver wants no more), or `failed`, which another follows for a day.',
  },
  callbacks: {
    kind: 'counter',
    labels: ['operation', 'status'],
    meaning: 'Callbacks that ended: `delivered`, `gone`, or `given_up`.',
  },
  callback_duration_seconds: {
    kind: 'histogram',
    labels: ['operation', 'status'],
    meaning: 'From the end of a task to the end of its callback.',
    bounds: WORK,
  },
  upstream_connections: {
    kind: 'gauge',
    labels: ['upstream'],
    meaning: 'Processes, or sessions, of a wrapped MCP server that are open.',
  },
  upstream_failures: {
    kind: 'gauge',
    labels: ['upstream'],
    meaning:
      'Failures of the connection to a wrapped MCP server in a row; 0 while it works, and before it is needed. The log says why.',
  },
} as const satisfies Table;

const ANY = {
  breaker_state: {
    kind: 'gauge',
    labels: ['operation'],
    meaning: 'The circuit breaker for all callers: 0 closed, 1 half open, 2 open.',
  },
  breaker_principals_open: {
    kind: 'gauge',
    labels: ['operation'],
    meaning: 'Principals for whom alone the circuit breaker is open, where callers authenticate.',
  },
  tasks: {
    kind: 'gauge',
    labels: ['operation', 'status'],
    meaning: 'Tasks that Temporal keeps, by how they stand: `open`, `completed`, `failed`.',
  },
  queue_depth: {
    kind: 'gauge',
    labels: ['kind'],
    meaning:
      "What waits for a worker, by Temporal's own count: steps of tasks (`workflow`), attempts (`activity`), callbacks (`callback`), and attempts of operations that are limited in the whole fleet (`limited`).",
  },
  queue_age_seconds: {
    kind: 'gauge',
    labels: ['kind'],
    meaning: 'How long the first in the queue has waited.',
  },
  workers_polling: {
    kind: 'gauge',
    labels: ['kind'],
    meaning: 'Workers that have polled the queue within the last minute.',
  },
  looks_failed: {
    kind: 'counter',
    labels: [],
    meaning: 'Questions about the queue and the counts of tasks that Temporal did not answer.',
  },
  sla_seconds: {
    kind: 'gauge',
    labels: ['operation'],
    meaning:
      "What a task may take on average: the policy's `slaSeconds`, or its total time. For the alert rule.",
  },
  alert_failure_ratio: {
    kind: 'gauge',
    labels: [],
    meaning: 'The configured `observability.alertOnFailureRate`. For the alert rule.',
  },
} as const satisfies Table;

/** By name, without prefix and without the `_total` that Prometheus gives to counters. */
export const METRICS = { ...GATEWAY, ...WORKER, ...ANY };

/** By who knows them: the process that callers reach, the one that runs attempts, or any that asks Temporal. */
export const METRICS_FROM = { gateway: GATEWAY, worker: WORKER, any: ANY };

export type MetricName = keyof typeof METRICS;

export function toPrometheusName(prefix: string, name: MetricName): string {
  return `${prefix}_${name}${METRICS[name].kind === 'counter' ? '_total' : ''}`;
}
