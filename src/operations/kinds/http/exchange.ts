// From a request to the JSON that answers it: redirects followed, the status judged, the body read within its cap.
// Invariant: a request that must not be repeated, and that the upstream took, never ends as refused: where its answer
// cannot be used, the outcome is unknown.
import { OperationError, type ErrorCode } from '../../../contract/errors.ts';
import type { FileReference } from '../../../contract/file.ts';
import type { Json, JsonObject } from '../../../contract/json.ts';
import { checkEncoding, parseAnswer, toExcerpt } from './answer.ts';
import {
  headerOf,
  readBody,
  send,
  sendRepeatable,
  type HttpAnswer,
  type HttpClients,
  type HttpRequest,
} from '../../../http/client.ts';
import { toFailure } from './failure.ts';
import { MAXIMUM_REDIRECTS, saysSeeOther, toRedirected } from './redirect.ts';
import { parseRetryAfter } from '../../../http/retry-after.ts';
import { unpack } from '../../../http/unpack.ts';
import { declaredVerdict, defaultVerdict, type Judgement } from './verdict.ts';

export interface Conduct extends Judgement {
  readonly signal: AbortSignal;
  readonly clients: HttpClients;
  /** Whether sending the request again does no harm. */
  readonly repeatable: boolean;
  /**
   * What an answer means that was no refusal but cannot be used, where the request may be repeated. Default:
   * `UPSTREAM_REJECTED`.
   */
  readonly unusable?: ErrorCode;
  /** Largest answer that is read, in bytes. */
  readonly maxBytes: number;
  /** Keeps the body as a file, instead of reading it. Default: it is read. */
  readonly store?: (
    content: AsyncIterable<Uint8Array>,
    mimeType: string,
    where: string,
  ) => Promise<FileReference>;
  /** Removes secrets from the text of a failure, before it is cut. */
  readonly redact: (text: string) => string;
  /** Whether a redirect to this foreign origin is followed. Default: never. */
  readonly mayLeaveTo?: (url: URL) => boolean;
}

export interface Exchanged {
  readonly status: number;
  readonly headers: HttpAnswer['headers'];
  /** Of the request that it answers, behind redirects. */
  readonly url: URL;
  /** The body: JSON as it is, text as a string, an empty one as null. Throws `unusable` for any other. */
  readonly read: () => Json;
  /** The error to throw where the answer cannot be used; with its beginning, where the outcome is unknown for it. */
  readonly unusable: (why: string) => OperationError;
  readonly contentType: string | null;
  /** Where the answer came from: method, URL without query, status. For messages. */
  readonly where: string;
  readonly retryAfterMs: number | undefined;
}

/** Bytes of a failing answer that are read: more than an error shows, so that no secret is cut in two. */
const FAILURE_BYTES = 65_536;

/**
 * Fails with the code that declaration or default gives the status, `RESULT_TOO_LARGE`, `UPSTREAM_UNAVAILABLE` or
 * `OUTCOME_UNKNOWN` when the connection fails, and with the signal's reason when it was aborted.
 */
export async function exchange(first: HttpRequest, conduct: Conduct): Promise<Exchanged> {
  const { signal, repeatable, clients } = conduct;
  let request = first;
  let performed = false;
  try {
    for (let redirects = 0; ; redirects += 1) {
      const answer = repeatable
        ? await sendRepeatable(request, clients, signal)
        : await send(request, { signal, client: clients.fresh });
      const declared = declaredVerdict(answer.statusCode, conduct);
      performed ||= declared === null && saysSeeOther(request.method, answer.statusCode);
      const next = declared === null ? await redirect(request, answer, conduct) : null;
      if (next === null) {
        const verdict = declared ?? defaultVerdict(answer.statusCode);
        performed ||= verdict === 'success';
        return await conclude(request, answer, verdict, conduct);
      }
      if (redirects === MAXIMUM_REDIRECTS) {
        throw new OperationError(
          'UPSTREAM_REJECTED',
          `${first.method} ${toPlainUrl(first.url, conduct.redact)}: more than ${MAXIMUM_REDIRECTS} redirects`,
        );
      }
      performed ||= next.method !== request.method;
      request = next;
    }
  } catch (thrown) {
    const { method, url } = first;
    throw toFailure(thrown, {
      method,
      url: toPlainUrl(url, conduct.redact),
      repeatable,
      performed,
      signal,
    });
  }
}

/** Longest URL in an error, in characters: a parameter in it may be of any length. */
const SHOWN_URL = 500;

/** A URL as errors show it: without query, which may hold secrets, and without what else is none of theirs. */
function toPlainUrl(url: URL, redact: Conduct['redact']): string {
  const whole = redact(`${url.origin}${url.pathname}`);
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
  packed: HttpAnswer,
  verdict: 'success' | ErrorCode,
  conduct: Conduct,
): Promise<Exchanged> {
  const { maxBytes, store, redact, signal } = conduct;
  const { statusCode, headers, body } = unpack(method, packed);
  const shownUrl = toPlainUrl(url, redact);
  const where = `${method} ${shownUrl} answered ${statusCode}`;
  const retryAfterMs = parseRetryAfter(headerOf(headers, 'retry-after'), Date.now());
  const facts = { method, url: shownUrl, status: statusCode };
  const answered = { status: statusCode, headers, url, where, retryAfterMs };
  const describe = (bytes: Buffer) => ({
    ...facts,
    body: toExcerpt(redact(bytes.subarray(0, FAILURE_BYTES).toString())),
  });
  if (verdict !== 'success') {
    throw new OperationError(verdict, where, {
      retryAfterMs,
      details: describe(await readBeginning(body, signal)),
    });
  }
  const contentType = headerOf(headers, 'content-type');
  const encoding = headerOf(headers, 'content-encoding');
  if (store) {
    const refuse = toUnusable(where, () => facts, conduct);
    checkEncoding({ encoding, refuse });
    const file = await store(body, contentType ?? 'application/octet-stream', where);
    return { ...answered, read: () => file, unusable: refuse, contentType: file.mimeType };
  }
  const announced = method === 'HEAD' ? NaN : Number(headerOf(headers, 'content-length'));
  const { bytes, complete } = await readBody(body, maxBytes);
  if (!complete) {
    const size = Number.isNaN(announced) ? null : announced;
    throw new OperationError(
      'RESULT_TOO_LARGE',
      `${where} with ${size ?? `more than ${maxBytes}`} bytes; at most ${maxBytes} are read (response.maxBytes)`,
      { details: { ...describe(bytes), bytes: size, limit: maxBytes } },
    );
  }
  const location = headerOf(headers, 'location');
  const unusable = toUnusable(
    where,
    () => ({ ...describe(bytes), ...(location && { location }) }),
    conduct,
  );
  let parsed: Json | undefined;
  return {
    ...answered,
    read: () => (parsed ??= parseAnswer(bytes, { contentType, encoding, refuse: unusable })),
    unusable,
    contentType: contentType ?? null,
  };
}

/** How an answer is called that was no refusal but cannot be used. */
function toUnusable(
  where: string,
  describe: () => JsonObject,
  { repeatable, unusable = 'UPSTREAM_REJECTED' }: Conduct,
): Exchanged['unusable'] {
  return (why) =>
    repeatable
      ? new OperationError(unusable, `${where}, but ${why}`)
      : new OperationError(
          'OUTCOME_UNKNOWN',
          `${where}, but ${why}; the request was taken, so look there before you repeat it`,
          { details: describe() },
        );
}

/** What can still be read of a failing answer; losing the rest of it changes nothing. */
async function readBeginning(body: AsyncIterable<Buffer>, signal: AbortSignal): Promise<Buffer> {
  try {
    return (await readBody(body, FAILURE_BYTES)).bytes;
  } catch (thrown) {
    if (signal.aborted) throw thrown;
    return Buffer.alloc(0);
  }
}
