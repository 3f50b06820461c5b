// The options of `longhaul.config.*`: one strict schema that errors, defaults, types, `--help` and docs/configuration.md
// are all derived from. Invariant: a description carries meaning and unit; bounds and defaults stand in the checks alone.
import * as z from 'zod';
import { TASK_QUEUE } from '../contract/task-input.ts';
import { port, server } from './server-options.ts';
import { tools } from '../mcp/options.ts';
import { auth } from '../auth/options.ts';
import { limits } from '../limits/options.ts';
import { storage } from '../storage/options.ts';
import { callbacks } from '../callbacks/options.ts';
import { encryption } from '../encryption/options.ts';
import { observability } from '../observability/options.ts';

const YEAR_SECONDS = 31_536_000;
const RESERVED = 'Reserved; accepted, not read.';

const state = z.strictObject({
  ttlSeconds: z
    .int()
    .min(3600)
    .max(YEAR_SECONDS)
    .default(172_800)
    .describe(
      'How long a finished task can be read and its idempotency key is remembered, in seconds: the retention of the ' +
        "embedded server's namespace. A configured cluster keeps its own.",
    ),
});

const execution = z.strictObject({
  maxConcurrency: z
    .int()
    .min(1)
    .max(10_000)
    .default(50)
    .describe('Attempts that one worker runs at the same time.'),
  defaultTimeoutSeconds: z
    .number()
    .positive()
    .max(YEAR_SECONDS)
    .default(120)
    .describe(
      'Longest time from start to outcome, and longest single attempt, of an operation whose policy says nothing, in seconds.',
    ),
  retryAttempts: z
    .int()
    .min(0)
    .max(100)
    .default(0)
    .describe(
      'Attempts after the first, for failures reported as retryable, of an operation whose policy says nothing.',
    ),
  maxResultBytes: z
    .int()
    .min(1024)
    // Temporal refuses an event above 2 MB; the rest of the event needs room too.
    .max(1_900_000)
    .default(262_144)
    .describe(
      'Largest result of a task, as JSON, in bytes; a larger one ends the task with `RESULT_TOO_LARGE`.',
    ),
  shutdownGraceSeconds: z
    .number()
    .min(0)
    .max(3600)
    .default(10)
    .describe('How long running attempts may go on after a worker was asked to stop, in seconds.'),
  idleExitSeconds: z
    .number()
    .min(1)
    .max(YEAR_SECONDS)
    .default(300)
    .describe(
      'How long the background worker of `longhaul stdio` stays with no session and no open task, in seconds.',
    ),
});

const polling = z
  .strictObject({
    initialIntervalMs: z
      .int()
      .min(1)
      .max(3_600_000)
      .default(1000)
      .describe('The `poll_after_ms` of a task that has just started, in milliseconds.'),
    maxIntervalMs: z
      .int()
      .min(1)
      .max(3_600_000)
      .default(30_000)
      .describe('Largest `poll_after_ms`, in milliseconds; not below `polling.initialIntervalMs`.'),
    backoffMultiplier: z
      .number()
      .min(1)
      .max(10)
      .default(2)
      .describe('Factor from one `poll_after_ms` to the next for an agent that follows them.'),
    maxAttempts: z.int().min(1).max(10_000).default(20).describe(RESERVED),
    waitCapSeconds: z
      .number()
      .min(0)
      .max(300)
      .default(25)
      .describe('Longest `wait_seconds` honoured, in seconds; clients give up after 5 to 60 s.'),
    holdSeconds: z
      .number()
      .min(0)
      .max(25)
      .default(4)
      .describe(
        'How long the answer to a read that keeps coming far before its `poll_after_ms` is held back, in seconds; 0 holds nothing.',
      ),
  })
  .check(({ value, issues }) => {
    if (value.maxIntervalMs < value.initialIntervalMs) {
      issues.push({
        code: 'custom',
        path: ['maxIntervalMs'],
        input: value.maxIntervalMs,
        message: `expected at least polling.initialIntervalMs, which is ${value.initialIntervalMs}`,
      });
    }
  });

const temporal = z.strictObject({
  taskQueue: z
    .string()
    .min(1)
    .max(200)
    .default(TASK_QUEUE)
    .describe('Task queue that gateways send to and workers poll; the same for both.'),
  startDeadlineMs: z
    .int()
    .min(100)
    .max(60_000)
    .default(5000)
    .describe(
      'How long the start of a task may stay unanswered before the caller gets `SUBMISSION_UNCONFIRMED`, in milliseconds.',
    ),
  port: port.default(0).describe('Port of the embedded Temporal server; 0 takes a free one.'),
  uiUrl: z
    .string()
    .min(1)
    .nullable()
    .default(null)
    .describe(
      "Web UI of the configured cluster, for links to tasks, such as http://localhost:8080; the embedded server's own is known.",
    ),
  uiPort: port.default(0).describe("Port of the embedded server's web UI; 0 takes a free one."),
  cli: z
    .string()
    .min(1)
    .nullable()
    .default(null)
    .describe(
      'Path of the Temporal CLI for the embedded server; null looks on the PATH and in the cache, then fetches or builds one.',
    ),
});

const ORIGIN = 'expected an origin such as https://api.example.com, without a path';

function isOrigin(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : null;
  return url?.origin === text.replace(/\/$/, '').toLowerCase() && /^https?:$/.test(url.protocol);
}

const httpRequest = z.strictObject({
  allow: z
    .array(
      z
        .string()
        .refine(isOrigin, ORIGIN)
        .meta({ expected: ORIGIN.replace('expected ', '') }),
    )
    .default([])
    .describe('Origins that the built-in `http_request` may call; none by default.'),
});

/** The options, strict; parsing yields every one of them decided. `operations` is checked entry by entry, by kind. */
export const configSchema = z.strictObject({
  server: server.prefault({}).describe('How agents reach the gateway.'),
  state: state.prefault({}).describe('How long tasks are kept.'),
  execution: execution.prefault({}).describe('Limits of running work.'),
  polling: polling.prefault({}).describe('What agents are told about coming back.'),
  tools: tools.prefault({}).describe('What agents can call.'),
  auth: auth.prefault({}).describe('Who may call over HTTP.'),
  limits: limits
    .prefault({})
    .describe('What one principal may take, so that there is something left for the others.'),
  storage: storage.prefault({}).describe('Where what is too large to travel with a task is kept.'),
  encryption: encryption
    .prefault({})
    .describe('With what the contents of tasks are encrypted in Temporal.'),
  callbacks: callbacks.prefault({}).describe('Where the end of a task is told.'),
  observability: observability.prefault({}).describe('What people can see.'),
  temporal: temporal
    .prefault({})
    .describe(
      "How Longhaul uses Temporal. Address, namespace, TLS and API key are Temporal's own settings: `TEMPORAL_ADDRESS` and its family, or a `temporal.toml` profile.",
    ),
  httpRequest: httpRequest.prefault({}).describe('The built-in operation `http_request`.'),
  dataDirectory: z
    .string()
    .min(1)
    .default('.longhaul')
    .describe(
      'Where the embedded server keeps its file, lock and log; relative to the folder of the configuration file. Where that is no place for data, the default is a folder of the user.',
    ),
  builtins: z
    .boolean()
    .nullable()
    .default(null)
    .describe(
      'Whether there are the built-in example operations; one of your own of the same name replaces one. With null they are there, and where callers authenticate only those are offered that `tools.operations` names, and `http_request` when `httpRequest.allow` names an origin.',
    ),
  operations: z
    .union([z.record(z.string(), z.unknown()), z.array(z.unknown())])
    .default({})
    .describe('The operations, by name; see [operations](operations.md).'),
});

/** Every option decided, except that operations are still as they were written. */
export type ParsedConfig = z.output<typeof configSchema>;
