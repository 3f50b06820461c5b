// What a way of authentication does with a request.
import { OperationError } from '../../../contract/errors.ts';
import type { HttpRequest } from '../../../http/client.ts';
import type { DeclaredContext } from '../../context.ts';
import { isHeaderValue } from '../http/header-template.ts';

export interface Authenticated {
  readonly request: HttpRequest;
  /** A secret that came with it. */
  readonly token?: string;
}

/** What one way of authentication does, and what has to be known of it. */
export interface Scheme {
  /** Headers that it sets, in lower case. */
  readonly headerNames: readonly string[];
  /** Whether it signs the bytes of the body, so that they must be known beforehand. */
  readonly signsBody?: boolean;
  /** Whether a 401 may mean that what it sent has expired, and that other credentials can be had. */
  readonly renews?: boolean;
  /**
   * @param refused the token that it sent last, where the upstream answered 401; `null` at first
   */
  apply(
    request: HttpRequest,
    secrets: ReadonlyMap<string, string>,
    context: DeclaredContext,
    refused: string | null,
  ): Authenticated | Promise<Authenticated>;
}

export type Fill = (source: string, secrets: ReadonlyMap<string, string>) => string;

export function toBasic(name: string, password: string): string {
  return `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;
}

/** The request with one header more. Fails with `INTERNAL` where the value cannot stand in one. */
export function withHeader(request: HttpRequest, name: string, value: string): Authenticated {
  if (isHeaderValue(value)) {
    return { request: { ...request, headers: { ...request.headers, [name]: value } } };
  }
  throw new OperationError(
    'INTERNAL',
    `what authenticates the request cannot stand in the header ${name}: it is not one line of Latin-1 characters`,
  );
}
