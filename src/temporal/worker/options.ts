// The options of `execution`: what a worker runs, how much at once and for how long.
import * as z from 'zod';
import { laneOption } from '../../operations/lane.ts';

const YEAR_SECONDS = 31_536_000;

export const execution = z
  .strictObject({
    maxConcurrency: z.int().min(1).max(10_000).default(50).meta({
      description: 'Attempts that one worker runs at the same time.',
      env: 'LONGHAUL_MAX_CONCURRENCY',
    }),
    defaultTimeoutSeconds: z.number().positive().max(YEAR_SECONDS).default(120).meta({
      description:
        'Longest time from start to outcome, and longest single attempt, of an operation whose policy says nothing, in seconds.',
      env: 'LONGHAUL_DEFAULT_TIMEOUT_SECONDS',
    }),
    retryAttempts: z.int().min(0).max(100).default(0).meta({
      description:
        'Attempts after the first, for failures reported as retryable, of an operation whose policy says nothing.',
      env: 'LONGHAUL_RETRY_ATTEMPTS',
    }),
    lane: laneOption.default('workflow').meta({
      description:
        'What carries a task in Temporal where its operation does not say: `workflow`, `activity` for every operation that can, or `auto`, which is `activity` where the server can.',
      env: 'LONGHAUL_LANE',
    }),
    maxResultBytes: z
      .int()
      .min(1024)
      // Temporal refuses an event above 2 MB; the rest of the event needs room too.
      .max(1_900_000)
      .default(262_144)
      .meta({
        description:
          'Largest result of a task, as JSON, in bytes; a larger one ends the task with `RESULT_TOO_LARGE`.',
        env: 'LONGHAUL_MAX_RESULT_BYTES',
      }),
    cancelSeconds: z.number().min(1).max(60).default(1).meta({
      description:
        'How soon a cancel reaches a running attempt where the server cannot tell its worker, in seconds: the attempt of a workflow sends a heartbeat this often, each an action where the server charges for them, and one in the activity lane asks.',
      env: 'LONGHAUL_CANCEL_SECONDS',
    }),
    shutdownGraceSeconds: z.number().min(0).max(3600).default(10).meta({
      description:
        'How long running attempts may go on after a worker was asked to stop, in seconds.',
      env: 'LONGHAUL_SHUTDOWN_GRACE_SECONDS',
    }),
    idleExitSeconds: z.number().min(1).max(YEAR_SECONDS).default(300).meta({
      description:
        'How long the background worker of `longhaul stdio` stays with no session and no open task, in seconds.',
      env: 'LONGHAUL_IDLE_EXIT_SECONDS',
    }),
  })
  .prefault({})
  .meta({ description: 'Limits of running work.', worker: true });
