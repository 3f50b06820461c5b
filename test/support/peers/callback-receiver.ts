// A receiver of callbacks on a free loopback port. It verifies what comes with the reference library of Standard Webhooks.
import { Webhook } from 'standardwebhooks';
import type { CallbackSettings } from '../../../src/callbacks/options.ts';
import type { LoadedConfig } from '../../../src/config/index.ts';
import type { JsonObject } from '../../../src/contract/json.ts';
import {
  startFakeUpstream,
  type FakeUpstream,
  type UpstreamAnswer,
  type UpstreamHandler,
  type UpstreamRequest,
} from './upstream.ts';

/** Secrets for tests: 24 bytes each, and known to everybody. */
export const SECRET = `whsec_${Buffer.alloc(24, 'old').toString('base64')}`;
export const NEW_SECRET = `whsec_${Buffer.alloc(32, 'new').toString('base64')}`;

/** What a callback carries. */
export interface ReceivedEvent {
  readonly type: string;
  readonly timestamp: string;
  readonly data: JsonObject;
}

/** A running receiver. */
export interface Receiver extends FakeUpstream {
  /** What was received, verified; a callback that is forged makes it throw. */
  readonly events: () => readonly ReceivedEvent[];
  /** The header `webhook-id` of each request. */
  readonly ids: () => readonly unknown[];
}

/** Verifies a callback as a receiver does that knows one secret. */
export function verify({ text, headers }: UpstreamRequest, secret = SECRET): ReceivedEvent {
  return new Webhook(secret).verify(text, headers as Record<string, string>) as ReceivedEvent;
}

/** Starts a receiver: one that takes everything, unless the test says otherwise. */
export async function startReceiver(
  behaviour: UpstreamHandler | readonly UpstreamAnswer[] = [204],
): Promise<Receiver> {
  const upstream = await startFakeUpstream(behaviour);
  return {
    ...upstream,
    events: () => upstream.requests.map((request) => verify(request)),
    ids: () => upstream.requests.map(({ headers }) => headers['webhook-id']),
  };
}

/** The rest of a configuration, as far as callbacks read it. */
const POLLING = {
  initialIntervalMs: 1_000,
  maxIntervalMs: 30_000,
  backoffMultiplier: 2,
  maxAttempts: 20,
  waitCapSeconds: 25,
  holdSeconds: 4,
};

/** The configuration that allows a receiver on loopback; results above 1,000 bytes are not sent along. */
export function toCallbackConfig(
  receiver: Pick<FakeUpstream, 'url'>,
): Pick<LoadedConfig, 'callbacks' | 'polling'> {
  const callbacks = { ...toSettings(receiver), publicUrl: null, maxResultBytes: 1_000 };
  return { callbacks, polling: POLLING };
}

/** Settings that allow a receiver on loopback. The reference of a secret is the secret itself. */
export function toSettings({ url }: Pick<FakeUpstream, 'url'>): CallbackSettings {
  return { allow: [url], allowPrivate: ['127.0.0.1'], secrets: [SECRET] };
}
