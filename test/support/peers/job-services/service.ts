// What a peer of a service is: the routes of one job, and what becomes of it.
import { expect } from '@jest/globals';
import type { Json } from '../../../../src/contract/json.ts';
import type { UpstreamAnswer, UpstreamRequest } from '../upstream.ts';

/** How the job ends. */
export type Ending = 'ok' | 'failed';

/** One job at a peer. */
export interface PeerJob {
  /** Where the peer is, without a slash at its end. */
  readonly base: string;
  /** How the job stands at one more look: it runs at the first, and has ended at the next. */
  readonly look: () => 'running' | Ending | 'cancelled';
  /** The same without a look. */
  readonly now: () => 'running' | Ending | 'cancelled';
  readonly cancel: () => void;
}

type Route = (job: PeerJob, request: UpstreamRequest) => UpstreamAnswer;

/** A service: one declared operation, what is asked of it, and what comes of it. */
export interface JobService {
  readonly operation: string;
  readonly parameters: Json;
  /** By method and path, `*` for one segment. */
  readonly routes: Readonly<Record<string, Route>>;
  /** Whether a request is authenticated as documented. */
  readonly admits?: (request: UpstreamRequest) => boolean;
  /** The result, or a matcher where it is a file. */
  readonly result: unknown;
  /** What a failed job says; absent where the service has no such state. */
  readonly failure?: string;
}

export const json = (body: unknown, status = 200, headers = {}): UpstreamAnswer => ({
  status,
  body,
  headers,
});
export const file = (body: string, type: string): UpstreamAnswer => ({
  headers: { 'content-type': type },
  body,
});
export const cancels =
  (answer: UpstreamAnswer = 204): Route =>
  (job) => {
    job.cancel();
    return answer;
  };
export const header =
  (name: string, value: string) =>
  (request: UpstreamRequest): boolean =>
    request.headers[name] === value;
export const bearer = header('authorization', 'Bearer s3cret-1');
export const basic = header(
  'authorization',
  `Basic ${Buffer.from('s3cret-1:s3cret-1').toString('base64')}`,
);

/** A peer with a status in words. */
export const words =
  (
    names: Readonly<Record<string, string>>,
    more: (phase: string) => object = () => ({}),
    key = 'status',
  ): Route =>
  (job) => {
    const phase = job.look();
    return json({ id: 'j1', [key]: names[phase], ...more(phase) });
  };
export const when = (phase: string, wanted: string, fields: object): object =>
  phase === wanted ? fields : {};

export const graphql = ({ json: body }: UpstreamRequest, name: string): boolean =>
  String((body as { query?: unknown }).query).includes(name);

export const target = ({ headers }: UpstreamRequest): string =>
  String(headers['x-amz-target']).replace('AmazonAthena.', '');

/** A reference to a stored file of that type. */
export const aFile = (mimeType: string): unknown =>
  expect.objectContaining({ mimeType, uri: expect.stringMatching(/^longhaul:/) });
