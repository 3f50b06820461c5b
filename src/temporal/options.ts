// The options of `temporal`. Address, namespace, TLS and API key are Temporal's own settings, not these.
import * as z from 'zod';
import { TASK_QUEUE } from '../contract/task-input.ts';

const port = z.int().min(0).max(65_535);

export const temporal = z
  .strictObject({
    taskQueue: z
      .string()
      .min(1)
      .max(200)
      .default(TASK_QUEUE)
      .describe('Task queue that gateways send to and workers poll; the same for both.')
      .meta({ env: 'LONGHAUL_TASK_QUEUE' }),
    startDeadlineMs: z
      .int()
      .min(100)
      .max(60_000)
      .default(5000)
      .describe(
        'How long the start of a task may stay unanswered before the caller gets `SUBMISSION_UNCONFIRMED`, in milliseconds.',
      )
      .meta({ env: 'LONGHAUL_START_DEADLINE_MS' }),
    port: port
      .default(0)
      .describe('Port of the embedded Temporal server; 0 takes a free one.')
      .meta({ env: 'LONGHAUL_TEMPORAL_PORT', flag: '--temporal-port <number>' }),
    uiUrl: z
      .string()
      .min(1)
      .nullable()
      .default(null)
      .describe(
        "Web UI of the configured cluster, for links to tasks, such as http://localhost:8080; the embedded server's own is known.",
      )
      .meta({ env: 'LONGHAUL_UI_URL' }),
    uiPort: port
      .default(0)
      .describe("Port of the embedded server's web UI; 0 takes a free one.")
      .meta({ env: 'LONGHAUL_UI_PORT', flag: '--ui-port <number>' }),
    cli: z
      .string()
      .min(1)
      .nullable()
      .default(null)
      .describe(
        'Path of the Temporal CLI for the embedded server; null searches the PATH and in the cache, then fetches or builds one.',
      )
      .meta({ env: 'LONGHAUL_TEMPORAL_CLI', isPath: true }),
  })
  .prefault({})
  .describe(
    "How Longhaul uses Temporal. Address, namespace, TLS and API key are Temporal's own settings: `TEMPORAL_ADDRESS` and its family, or a `temporal.toml` profile.",
  )
  .meta({ worker: true });
