// Requests to the authorization server, each bounded in time and bytes. Invariant: what it rejects with is an
// `UnreachableError`, so that a failure of the authorization server is never taken for a fault of the token; a redirect is
// not followed, since it could lead to another server.
import { readBody } from '../http/client.ts';

const TIMEOUT_MS = 5_000;

const MAX_BYTES = 256 * 1024;

/** The authorization server could not be asked. The message names no secret and no token. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError';
}

/** An answer with status 200, read and bounded. */
export async function fetchBounded(url: string, init: RequestInit = {}): Promise<string> {
  try {
    const response = await fetch(url, {
      ...init,
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (response.status !== 200) {
      await response.body?.cancel();
      throw new UnreachableError(`${url} answered ${response.status}`);
    }
    const body = (response.body ?? []) as AsyncIterable<Uint8Array>;
    const { bytes, complete } = await readBody(body, MAX_BYTES);
    if (!complete) throw new UnreachableError(`${url} answered more than ${MAX_BYTES} bytes`);
    return bytes.toString('utf8');
  } catch (thrown) {
    if (thrown instanceof UnreachableError) throw thrown;
    const { cause = thrown } = thrown as Error;
    const { code, name } = cause as NodeJS.ErrnoException;
    throw new UnreachableError(`${url} cannot be reached (${code ?? name})`);
  }
}

export async function fetchObject(
  url: string,
  init: RequestInit = {},
): Promise<Readonly<Record<string, unknown>>> {
  const text = await fetchBounded(url, init);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new UnreachableError(`${url} answered with no JSON`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new UnreachableError(`${url} answered with no JSON object`);
  }
  return value as Readonly<Record<string, unknown>>;
}
