// In `longhaul dev` with keys, the Temporal UI that comes with it shows what tasks contain. Invariants: only pages of that UI may
// ask; where the gateway asks for a token, so does this; and a port that is taken keeps nothing else from starting.
import type { Gate } from '../auth/index.ts';
import { startCodecServer } from '../codec-server/server.ts';
import { createHostGuard } from '../http/guards.ts';
import { createPayloadCodec } from '../temporal/codec/payload-codec.ts';
import type { Log } from './log.ts';
import type { Settings } from './settings.ts';

/** The codec server beside the embedded server's UI. */
export interface DevCodec extends AsyncDisposable {
  /** What the UI asks; `null` where there is none: without keys, on a cluster, or when its port is taken. */
  readonly url: string | null;
  /** Lets the pages of the UI ask, once its address is known. */
  allow(uiUrl: string): void;
}

const NONE: DevCodec = {
  url: null,
  allow: () => undefined,
  [Symbol.asyncDispose]: () => Promise.resolve(),
};

/** Starts it, on loopback alone; `gate` is the gateway's. */
export async function openDevCodec(
  { config, resolved, log }: Pick<Settings, 'config' | 'resolved'> & { log: Pick<Log, 'warn'> },
  gate: Gate | null,
): Promise<DevCodec> {
  const { encryption } = await resolved.keys();
  if (!encryption || resolved.address()) return NONE;
  const origins = new Set<string>();
  const host = '127.0.0.1';
  try {
    const server = await startCodecServer({
      codec: createPayloadCodec(encryption.keyring),
      gate: gate && (await resolved.operatorGate()),
      isAllowedOrigin: (origin) => origins.has(origin),
      hostGuard: createHostGuard(host, []),
      host,
      port: config.encryption.codecPort,
    });
    return {
      url: server.origin,
      allow: (uiUrl) => {
        const { origin } = new URL(uiUrl);
        origins.add(origin).add(origin.replace(host, 'localhost'));
      },
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    };
  } catch (error) {
    log.warn('the Temporal UI will show encrypted payloads', { error: String(error) });
    return NONE;
  }
}
