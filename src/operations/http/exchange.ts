// From a request to the JSON that answers it: redirects followed, the status judged, the body read within its cap.
import { OperationError, type ErrorCode } from '../../contract/errors.ts';
import type { FileReference } from '../../contract/file.ts';
import type { Json } from '../../contract/json.ts';
import { checkEncoding, parseAnswer, toExcerpt } from './answer.ts';
import { headerOf, readBody, send, type HttpAnswer, type HttpRequest } from './client.ts';
import { toFailure } from './failure.ts';
import { MAXIMUM_REDIRECTS, toRedirected } from './redirect.ts';
import { parseRetryAfter } from './retry-after.ts';
import { declaredVerdict, defaultVerdict, type Judgement } from './verdict.ts';

/** How an exchange is conducted. */
export interface Conduct extends Judgement {
  readonly signal: AbortSignal;
  /** Whether sending the request again does no harm. */
  readonly repeatable: boolean;
  /** Largest answer that is read, in bytes. */
  readonly maxBytes: number;
  /** Keeps the body as a file, instead of reading it. Default: it is read. */
  readonly store?: (
    content: AsyncIterable<Uint8Array>,
    mimeType: string,
    where: string,
  ) => Promise<FileReference>;
  /** Removes secrets from a text, before it is cut for an error. */
  readonly redact: (text: string) => string;
  /** Whether a redirect to this foreign origin is followed. Default: never. */
  readonly mayLeaveTo?: (url: URL) => boolean;
}

/** A successful answer. */
export interface Exchanged {
  readonly status: number;
  /** The body: JSON as it is, text as a string, an empty one as null. Fails with `UPSTREAM_REJECTED` for any other. */
  readonly read: () => Json;
  readonly contentType: string | null;
  /** Where the answer came from: method, URL without query, status. For messages. */
  readonly where: string;
  readonly retryAfterMs: number | undefined;
}

/** Bytes of a failing answer that are read: more than an error shows, so that no secret is cut in two. */
const FAILURE_BYTES = 65_536;

/**
 * Sends a request and judges its answer.
 *
 * Fails with the code that declaration or default gives the status, `RESULT_TOO_LARGE`, `UPSTREAM_UNAVAILABLE` or
 * `OUTCOME_UNKNOWN` when the connection fails, and with the signal's reason when it was aborted.
 */
export async function exchange(first: HttpRequest, conduct: Conduct): Promise<Exchanged> {
  let request = first;
  let performed = false;
  try {
    for (let redirects = 0; ; redirects += 1) {
      const answer = await send(request, conduct);
      const declared = declaredVerdict(answer.statusCode, conduct);
      const next = declared === null ? await redirect(request, answer, conduct) : null;
      if (next === null) {
        const verdict = declared ?? defaultVerdict(answer.statusCode);
        performed ||= verdict === 'success';
        return await conclude(request, answer, verdict, conduct);
      }
      if (redirects === MAXIMUM_REDIRECTS) {
        throw new OperationError(
          'UPSTREAM_REJECTED',
          `${first.method} ${toPlainUrl(first.url)}: more than ${MAXIMUM_REDIRECTS} redirects`,
        );
      }
      performed ||= next.method !== request.method;
      request = next;
    }
  } catch (thrown) {
    const { method, url } = first;
    const { signal, repeatable } = conduct;
    throw toFailure(thrown, { method, url: toPlainUrl(url), repeatable, performed, signal });
  }
}

/** Longest URL in an error, in characters: a parameter in it may be of any length. */
const SHOWN_URL = 500;

/** A URL as errors show it: without query, which may hold secrets. */
function toPlainUrl(url: URL): string {
  const whole = `${url.origin}${url.pathname}`;
  return whole.length <= SHOWN_URL ? whole : `${whole.slice(0, SHOWN_URL)}…`;
}

async function redirect(
  request: HttpRequest,
  answer: HttpAnswer,
  { mayLeaveTo, signal }: Conduct,
): Promise<HttpRequest | null> {
  try {
    const next = toRedirected(request, answer, mayLeaveTo);
    if (next !== null) await answer.body.dump({ limit: FAILURE_BYTES, signal });
    return next;
  } catch (thrown) {
    await answer.body.dump({ limit: FAILURE_BYTES, signal });
    throw thrown;
  }
}

async function conclude(
  { method, url }: HttpRequest,
  { statusCode, headers, body }: HttpAnswer,
  verdict: 'success' | ErrorCode,
  { maxBytes, store, redact, signal }: Conduct,
): Promise<Exchanged> {
  const where = `${method} ${toPlainUrl(url)} answered ${statusCode}`;
  const retryAfterMs = parseRetryAfter(headerOf(headers, 'retry-after'), Date.now());
  if (verdict !== 'success') {
    const text = await readExcerpt(body, signal);
    throw new OperationError(verdict, where, {
      retryAfterMs,
      details: { method, url: toPlainUrl(url), status: statusCode, body: toExcerpt(redact(text)) },
    });
  }
  const contentType = headerOf(headers, 'content-type');
  const encoding = headerOf(headers, 'content-encoding');
  if (store) {
    checkEncoding(encoding, where);
    const file = await store(body, contentType ?? 'application/octet-stream', where);
    return {
      status: statusCode,
      read: () => file,
      contentType: file.mimeType,
      where,
      retryAfterMs,
    };
  }
  const announced = method === 'HEAD' ? NaN : Number(headerOf(headers, 'content-length'));
  const { bytes, complete } = await readBody(body, maxBytes);
  if (!complete) {
    const size = Number.isNaN(announced) ? `more than ${maxBytes}` : String(announced);
    throw new OperationError(
      'RESULT_TOO_LARGE',
      `${where} with ${size} bytes; at most ${maxBytes} are read (response.maxBytes)`,
      { details: { bytes: Number.isNaN(announced) ? null : announced, limit: maxBytes } },
    );
  }
  return {
    status: statusCode,
    read: () => parseAnswer(bytes, { contentType, encoding, where }),
    contentType: contentType ?? null,
    where,
    retryAfterMs,
  };
}

/** What can still be read of a failing answer; losing the rest of it changes nothing. */
async function readExcerpt(body: HttpAnswer['body'], signal: AbortSignal): Promise<string> {
  try {
    return (await readBody(body, FAILURE_BYTES)).bytes.toString();
  } catch (thrown) {
    if (signal.aborted) throw thrown;
    return '';
  }
}
