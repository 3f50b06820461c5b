// A declared job over a fake upstream, as several tests need it; each changes what it is about.
import type { HttpJobDeclaration } from '../../../src/operations/kinds/http-job/job-declaration.ts';
import { defineHttpJob } from '../../../src/operations/kinds/http-job/job.ts';
import type { JobSteps, Operation } from '../../../src/operations/operation.ts';

/** What a test may change of the declaration. */
export interface JobChange {
  readonly submit?: Partial<HttpJobDeclaration['submit']>;
  readonly poll?: Partial<HttpJobDeclaration['poll']>;
  readonly cancel?: HttpJobDeclaration['cancel'];
  readonly idempotent?: boolean;
  readonly input?: HttpJobDeclaration['input'];
}

/** Defines the job `train` at an upstream. */
export function defineTestJob(
  url: string,
  { submit, poll, cancel, ...change }: JobChange = {},
): Operation & { readonly steps: JobSteps } {
  const operation = defineHttpJob('train', {
    kind: 'http_job',
    description: 'Trains a model.',
    input: { properties: { model: { type: 'string' } }, required: ['model'] },
    submit: { url: `${url}/jobs`, body: { model: '{model}' }, handle: '/id', ...submit },
    poll: {
      url: `${url}/models/{model}/jobs/{handle}`,
      status: '/state',
      done: ['succeeded'],
      failed: ['failed', 'expired'],
      result: '/output',
      error: '/error/message',
      progress: '/percent',
      progressScale: 100,
      ...poll,
    },
    ...(cancel && { cancel }),
    ...change,
  });
  return operation as Operation & { readonly steps: JobSteps };
}

/** The job as a poll and a cancel see it. */
export const testJob = { parameters: { model: 'm' }, handle: 'j 1' };
