// The kind `http_job`: a job that an upstream runs, submitted once and polled over HTTP.
import type { Kind } from '../kind.ts';
import { createHttpJob } from './job.ts';
import { httpJobDeclarationSchema } from './job-declaration.ts';

export const httpJob: Kind<typeof httpJobDeclarationSchema> = {
  kind: 'http_job',
  schema: httpJobDeclarationSchema,
  example: String.raw`// A job: submitted once, then asked for until it is done. Waiting costs nothing.
render_report: {
  kind: 'http_job',
  description: 'Renders the report of a month as PDF. Takes minutes, rarely an hour.',
  input: {
    type: 'object',
    properties: {
      month: { type: 'string', pattern: '^\\d{4}-\\d{2}$', description: 'Such as 2026-01.' },
    },
    required: ['month'],
  },
  // Equal requests share one task, even where the agent sends no key.
  idempotencyKey: 'report-{month}',
  submit: {
    url: 'https://api.example.com/reports',
    body: { month: '{month}', format: 'pdf' },
    handle: '/id',
  },
  poll: {
    url: 'https://api.example.com/reports/{handle}',
    status: '/status',
    done: ['succeeded'],
    failed: ['failed', 'expired'],
    result: '/download',
    maxIntervalMs: 10_000,
  },
  cancel: { method: 'DELETE', url: 'https://api.example.com/reports/{handle}' },
  policy: { totalTimeoutSeconds: 7200 },
},`,
  inCode: 'defineJob',
  define: createHttpJob,
};
