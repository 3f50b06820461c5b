// The symmetric signature of Standard Webhooks 1.0.0, as it is sent and as it is checked.
import { createHmac } from 'node:crypto';

/** What is signed. */
export interface Message {
  /** Has no full stop, which delimits. */
  readonly id: string;
  /** Of the attempt, in seconds since the epoch. */
  readonly timestamp: number | string;
  readonly body: string;
}

/** One signature of the header `webhook-signature`. */
export function signMessage({ id, timestamp, body }: Message, key: Buffer): string {
  return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
}
