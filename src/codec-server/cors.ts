// What a browser must know before it lets the Temporal UI, a page of another origin, ask here (Fetch, CORS protocol).

/** What the UI sends beside what every page may. */
const HEADERS = 'authorization, authorization-extras, content-type, x-namespace';

/** How long a browser need not ask again, in seconds. */
const MAX_AGE_SECONDS = 600;

/** The headers with which an origin may read an answer. */
export function toCorsHeaders(origin: string | undefined): Readonly<Record<string, string>> {
  return origin === undefined
    ? {}
    : {
        'access-control-allow-origin': origin,
        'access-control-allow-credentials': 'true',
        vary: 'origin',
      };
}

/** The headers with which an origin may ask at all. */
export function toPreflightHeaders(origin: string | undefined): Readonly<Record<string, string>> {
  return {
    ...toCorsHeaders(origin),
    'access-control-allow-methods': 'POST',
    'access-control-allow-headers': HEADERS,
    'access-control-max-age': String(MAX_AGE_SECONDS),
  };
}
