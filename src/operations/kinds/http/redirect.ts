// Where a redirect leads, and as which request (RFC 9110 section 15.4). A redirect to a foreign origin is an answer to
// refuse, never a place to send parameters and secrets to.
import { OperationError } from '../../../contract/errors.ts';
import { headerOf, type HttpAnswer, type HttpRequest } from '../../../http/client.ts';

/** Redirects that are followed in one exchange. */
export const MAXIMUM_REDIRECTS = 5;

const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/** Whether an answer says that the request was taken, and that its outcome is elsewhere; 302 is used so for POST. */
export function saysSeeOther(method: string, status: number): boolean {
  return (status === 303 && method !== 'GET') || (status === 302 && method === 'POST');
}

/**
 * The request that a redirect asks for; `null` when the answer is no redirect.
 *
 * @param mayLeaveTo whether a redirect to this foreign origin is followed; then without the request's own headers
 * @throws {OperationError} UPSTREAM_REJECTED, when it leads to an origin that it must not lead to
 */
export function toRedirected(
  request: HttpRequest,
  { statusCode, headers }: Pick<HttpAnswer, 'statusCode' | 'headers'>,
  mayLeaveTo: (url: URL) => boolean = () => false,
): HttpRequest | null {
  const location = headerOf(headers, 'location');
  if (!REDIRECTS.has(statusCode) || location === undefined) return null;
  const url = URL.canParse(location, request.url.href) ? new URL(location, request.url.href) : null;
  const leaves = url?.origin !== request.url.origin;
  if (url === null || (leaves && !mayLeaveTo(url))) {
    throw new OperationError(
      'UPSTREAM_REJECTED',
      `${request.method} ${request.url.origin}${request.url.pathname} answered ${statusCode}: redirects from ` +
        `${request.url.origin} to ${url?.origin ?? 'no URL'} are not followed`,
      { details: { status: statusCode, from: request.url.origin, to: url?.origin ?? null } },
    );
  }
  const kept = leaves ? withoutCredentials(request.headers) : request.headers;
  const becomesGet =
    statusCode === 303
      ? request.method !== 'HEAD'
      : (statusCode === 301 || statusCode === 302) && request.method === 'POST';
  return becomesGet
    ? {
        method: 'GET',
        url,
        headers: pick(kept, (name) => !name.startsWith('content-')),
        body: null,
      }
    : { ...request, url, headers: kept };
}

type Headers = Readonly<Record<string, string>>;

/** What says nothing of who asks. */
export function withoutCredentials(headers: Headers): Headers {
  return pick(headers, (name) => ['accept', 'content-type', 'user-agent'].includes(name));
}

function pick(headers: Headers, isKept: (name: string) => boolean): Headers {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => isKept(name)));
}
