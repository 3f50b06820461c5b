// What is known of a job that a description has.
import type { Catalogue } from './catalogue.ts';
import type { Endpoint } from './endpoint.ts';
import type { Walk } from './walk.ts';
import type { Filled } from './request.ts';

/** A request after the submit: its URL is a path of the API, or begins with `{handle}`. */
export interface JobRequest {
  readonly method?: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly [key: string]: unknown;
}

/** What a person should know of a part of a declaration. */
export interface Note {
  readonly path: readonly string[];
  readonly text: string;
}

export interface Job {
  readonly submit: Readonly<Record<string, unknown>>;
  readonly poll: JobRequest;
  readonly result?: JobRequest | undefined;
  readonly cancel?: JobRequest | undefined;
  readonly notes: readonly Note[];
}

/** What a recogniser sees. */
export interface Seen {
  readonly walk: Walk;
  readonly catalogue: Catalogue;
  readonly submit: Endpoint;
  readonly filled: Filled;
  /** What names of variables begin with. */
  readonly prefix: string;
}
