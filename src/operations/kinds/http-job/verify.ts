// Whether a callback is the upstream's: signatures over its body. Invariant: what does not verify is never read.
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { ReceivedCallback } from '../../../contract/workflow/received-callback.ts';
import { signMessage } from '../../../http/standard-webhooks.ts';
import type { Verify } from './callback-declaration.ts';

/** How old a signed callback may be when it arrives, in milliseconds. Source: Standard Webhooks 1.0.0, replay attacks. */
const TOLERANCE_MS = 300_000;

/** The headers that a verification reads, in lower case. */
export function toVerifiedHeaders(verify: Verify): readonly string[] {
  switch (verify.type) {
    case 'look':
    case 'address':
      return [];
    case 'standardWebhooks':
      return ['webhook-id', 'webhook-timestamp', 'webhook-signature'];
    case 'hmac':
      return [verify.header.toLowerCase()];
  }
}

/** Why a callback is not the upstream's; `null` where it is, as far as a signature can tell. */
export function findForgery(
  verify: Verify,
  { body, headers, receivedAt }: ReceivedCallback,
  secrets: ReadonlyMap<string, string>,
): string | null {
  if (verify.type === 'look' || verify.type === 'address') return null;
  const secret = secrets.get(verify.secret);
  if (secret === undefined) return 'its secret is not there';
  if (verify.type === 'hmac') {
    const { algorithm, encoding, header, prefix } = verify;
    const wanted = prefix + createHmac(algorithm, secret).update(body).digest(encoding);
    const name = header.toLowerCase();
    return isSame(headers[name] ?? '', wanted) ? null : `its header ${name} is no signature of it`;
  }
  const { 'webhook-id': id = '', 'webhook-timestamp': sentAt = '' } = headers;
  const ageMs = Math.abs(receivedAt - Number(sentAt) * 1000);
  if (!(ageMs <= TOLERANCE_MS)) return `its webhook-timestamp, ${sentAt}, is not of these minutes`;
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const wanted = signMessage({ id, timestamp: sentAt, body }, key);
  const given = (headers['webhook-signature'] ?? '').split(' ');
  return given.some((each) => isSame(each, wanted))
    ? null
    : 'none of its webhook-signature is one of it';
}

function isSame(given: string, wanted: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(wanted)];
  return one.length === other.length && timingSafeEqual(one, other);
}
