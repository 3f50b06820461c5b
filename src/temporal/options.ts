// The options of `temporal`. Address, namespace, TLS and API key are Temporal's own settings, not these.
import * as z from 'zod';
import { TASK_QUEUE } from '../contract/workflow/task-input.ts';

const port = z.int().min(0).max(65_535);

export const temporal = z
  .strictObject({
    taskQueue: z.string().min(1).max(200).default(TASK_QUEUE).meta({
      description: 'Task queue that gateways send to and workers poll; the same for both.',
      env: 'LONGHAUL_TASK_QUEUE',
    }),
    startDeadlineMs: z.int().min(100).max(60_000).default(5000).meta({
      description:
        'How long the start of a task may stay unanswered before the caller gets `SUBMISSION_UNCONFIRMED`, in milliseconds.',
      env: 'LONGHAUL_START_DEADLINE_MS',
    }),
    deploymentName: z
      .string()
      .regex(/^[^.]{1,100}$/)
      .default('longhaul')
      .meta({
        description: 'Name of the Temporal worker deployment that `buildId` is a version of.',
        env: 'LONGHAUL_DEPLOYMENT_NAME',
        expected: 'a name without a full stop, at most 100 characters',
      }),
    buildId: z.string().min(1).max(100).nullable().default(null).meta({
      description:
        'Which build `longhaul worker` is: a workflow stays with the workers of the build that began it, and what begins later, a task or an attempt in the activity lane, goes to the current one. null: any worker takes any task.',
      env: 'LONGHAUL_BUILD_ID',
      flag: '--build-id <id>',
    }),
    port: port.default(0).meta({
      description: 'Port of the embedded Temporal server; 0 takes a free one.',
      env: 'LONGHAUL_TEMPORAL_PORT',
      flag: '--temporal-port <number>',
    }),
    uiUrl: z.string().min(1).nullable().default(null).meta({
      description:
        "Web UI of the configured cluster, for links to tasks, such as http://localhost:8080; the embedded server's own is known.",
      env: 'LONGHAUL_UI_URL',
    }),
    uiPort: port.default(0).meta({
      description: "Port of the embedded server's web UI; 0 takes a free one.",
      env: 'LONGHAUL_UI_PORT',
      flag: '--ui-port <number>',
    }),
    cli: z.string().min(1).nullable().default(null).meta({
      description:
        'Path of the Temporal CLI for the embedded server; null searches the PATH and in the cache, then fetches or builds one.',
      env: 'LONGHAUL_TEMPORAL_CLI',
      isPath: true,
    }),
  })
  .prefault({})
  .meta({
    description:
      "How Longhaul uses Temporal. Address, namespace, TLS and API key are Temporal's own settings: `TEMPORAL_ADDRESS` and its family, or a `temporal.toml` profile.",
    worker: true,
  });
