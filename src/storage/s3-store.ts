// Objects in an S3-compatible bucket. Three requests are all that is needed: put and get of whole objects, and a list, signed with
// Signature Version 4. Invariant: every request may be sent again, since writing the same object twice changes nothing.
import { hash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { AwsV4Signer } from 'aws4fetch';
import { Agent, request } from 'undici';
import { readBody, type HttpAnswer } from '../http/client.ts';
import { createDamagedError, createUnavailableError } from './errors.ts';
import type { ObjectStore } from './object-store.ts';

export interface S3Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Of temporary credentials. */
  readonly sessionToken?: string | undefined;
}

export interface S3Options {
  /** `https://host[:port]` of the service; `null` is Amazon's own in the region. */
  readonly endpoint: string | null;
  readonly region: string;
  readonly bucket: string;
  /** Put before every key; empty, or ending with `/`. */
  readonly prefix: string;
  /** Read for every request, so that rotated ones are used at once. */
  readonly credentials: () => Promise<S3Credentials>;
}

/** An S3 store. Disposing it closes its connections. */
export interface S3Store extends ObjectStore, AsyncDisposable {}

/** Tries of one request; a service that is busy says so with 503. */
const TRIES = 4;

/** Pause before the second try, in milliseconds; it doubles. */
const PAUSE_MS = 250;

/** Longest silence of the service, in milliseconds. */
const SILENCE_MS = 15_000;

/** Largest page of a list of objects, in bytes: one has a thousand. */
const LIST_BYTES = 4 * 1024 * 1024;

/** Creates the store. Nothing is sent before the first object. */
export function createS3Store(options: S3Options): S3Store {
  const dispatcher = new Agent({
    connect: { timeout: SILENCE_MS },
    headersTimeout: SILENCE_MS,
    bodyTimeout: SILENCE_MS,
  });
  const base = toBase(options);
  const bucket = toBase({ ...options, prefix: '' }).replace(/\/$/, '');

  const sendOnce = async (method: 'GET' | 'PUT', target: string, body: Uint8Array | null) => {
    const { sessionToken, ...keys } = await options.credentials();
    const signer = new AwsV4Signer({
      ...keys,
      ...(sessionToken !== undefined && { sessionToken }),
      method,
      url: target,
      service: 's3',
      region: options.region,
      headers: {
        'x-amz-content-sha256': hash('sha256', body ?? '', 'hex'),
        ...(body && { 'content-type': 'application/octet-stream' }),
      },
    });
    const { url, headers } = await signer.sign();
    return request(url, { method, headers: Object.fromEntries(headers), body, dispatcher });
  };

  const send = async (method: 'GET' | 'PUT', target: string, body: Uint8Array | null) => {
    for (let attempt = 1; ; attempt += 1) {
      const isLast = attempt === TRIES;
      try {
        const answer = await sendOnce(method, target, body);
        if (isLast || !(answer.statusCode >= 500 || answer.statusCode === 429)) return answer;
        await answer.body.dump();
      } catch (error) {
        if (isLast) throw createUnavailableError(`${base} does not answer`, error);
      }
      await sleep(PAUSE_MS * 2 ** (attempt - 1));
    }
  };

  const write = async (key: string, bytes: Uint8Array): Promise<void> => {
    const { statusCode, body } = await send('PUT', base + key, bytes);
    if (statusCode >= 200 && statusCode < 300) {
      await body.dump();
      return;
    }
    throw toError(base, statusCode, await readExcerpt(body));
  };

  return {
    write,
    // A bucket cannot rename, and an object that was there before must not be dropped: what is left over expires by the bucket's rule.
    stage: async (key, bytes) => {
      await write(key, bytes);
      return { keep: async () => Promise.resolve(), drop: async () => Promise.resolve() };
    },
    sizeOf: async (folder) => {
      let total = 0;
      for (let token: string | undefined = ''; token !== undefined;) {
        const query = new URLSearchParams({
          'list-type': '2',
          prefix: `${options.prefix}${folder}/`,
        });
        if (token !== '') query.set('continuation-token', token);
        const { statusCode, body } = await send('GET', `${bucket}?${query.toString()}`, null);
        if (statusCode !== 200) throw toError(base, statusCode, await readExcerpt(body));
        const page = Buffer.from(await readAll(body, LIST_BYTES)).toString();
        for (const [, size] of page.matchAll(/<Size>(\d+)<\/Size>/g)) total += Number(size);
        token = /<NextContinuationToken>([^<]+)</.exec(page)?.[1];
      }
      return total;
    },
    read: async (key, maxBytes) => {
      const { statusCode, body } = await send('GET', base + key, null);
      if (statusCode === 200) return readAll(body, maxBytes);
      const said = await readExcerpt(body);
      if (statusCode === 404 && !said.includes('NoSuchBucket')) return null;
      throw toError(base, statusCode, said);
    },
    [Symbol.asyncDispose]: async () => dispatcher.close(),
  };
}

/** Buckets of Amazon have a host of their own, unless TLS could not name it; elsewhere the path names the bucket. */
function toBase({ endpoint, region, bucket, prefix }: S3Options): string {
  if (endpoint !== null) return `${endpoint.replace(/\/$/, '')}/${bucket}/${prefix}`;
  const host = `s3.${region}.amazonaws.com`;
  return bucket.includes('.')
    ? `https://${host}/${bucket}/${prefix}`
    : `https://${bucket}.${host}/${prefix}`;
}

async function readAll(body: HttpAnswer['body'], maxBytes: number): Promise<Uint8Array> {
  const { bytes, complete } = await readBody(body, maxBytes).catch((error: unknown) => {
    throw createUnavailableError('an object was cut off on its way', error);
  });
  if (!complete) throw createDamagedError();
  return bytes;
}

const EXCERPT_BYTES = 2_048;

async function readExcerpt(body: HttpAnswer['body']): Promise<string> {
  const { bytes } = await readBody(body, EXCERPT_BYTES).catch(() => ({ bytes: Buffer.of() }));
  return bytes.toString();
}

/** The service's own code of its refusal, such as `AccessDenied`; its message may repeat what was signed. */
function toError(base: string, statusCode: number, said: string): Error {
  const code = /<Code>(\w{1,64})<\/Code>/.exec(said)?.[1];
  return createUnavailableError(`${base} answered ${statusCode}${code ? ` ${code}` : ''}`);
}
