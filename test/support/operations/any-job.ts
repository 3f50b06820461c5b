// A declared job of which each test changes what it is about, and single steps of it.
import type { Json } from '../../../src/contract/json.ts';
import type { JobStatus, JobSteps, Operation } from '../../../src/operations/operation.ts';
import { defineHttpJob } from '../../../src/operations/kinds/http-job/job.ts';
import type { HttpJobDeclaration } from '../../../src/operations/kinds/http-job/job-declaration.ts';
import { createTestContext } from './context.ts';
import type { UpstreamAnswer, UpstreamRequest } from '../peers/upstream.ts';

export type Change = {
  readonly [Key in 'submit' | 'poll']?: Partial<HttpJobDeclaration[Key]> | undefined;
} & Partial<Omit<HttpJobDeclaration, 'submit' | 'poll' | 'kind'>>;

const define = (url: string, { submit, poll, ...change }: Change = {}): Operation =>
  defineHttpJob('job', {
    kind: 'http_job',
    description: 'for tests',
    ...change,
    submit: { url: `${url}/jobs`, handle: '/id', ...submit },
    poll: { url: `${url}/jobs/{handle}`, status: '/status', done: ['done'], ...poll },
  });

export const jobOf = (url: string, change?: Change): JobSteps =>
  define(url, change).steps as JobSteps;
export const refusal = (change: Change) => (): Operation =>
  define('https://api.example.com', change);
export const submit = async (url: string, change: Change): Promise<Json> =>
  (await jobOf(url, change).submit({}, createTestContext())).handle;
export const poll = async (url: string, handle: Json, change: Change): Promise<JobStatus> =>
  jobOf(url, change).poll({ parameters: {}, handle }, createTestContext());

/** Answers by method and path. */
export const routes =
  (answers: Readonly<Record<string, UpstreamAnswer>>) =>
  (request: UpstreamRequest): UpstreamAnswer =>
    answers[`${request.method} ${request.path}`] ?? 404;
