// `longhaul codec`: decrypts payloads for operators who read tasks in the Temporal UI or CLI. A process of its own: it has
// the keys and reaches neither Temporal nor a task, and gateways and workers have no page that decrypts.
import { startCodecServer } from '../codec-server/server.ts';
import type { LoadedConfig } from '../config/index.ts';
import { createHostGuard } from '../http/guards.ts';
import { createPayloadCodec } from '../temporal/codec/payload-codec.ts';
import { EXIT, UsageError, type CommandContext, type ExitCode } from '../assembly/context.ts';
import type { Flags } from '../assembly/flags.ts';
import { untilAborted } from '../assembly/interruption.ts';
import { loadSettings } from '../assembly/settings.ts';

/** Runs until it is interrupted. */
export async function codec(context: CommandContext, flags: Flags): Promise<ExitCode> {
  const { config, resolved } = await loadSettings(context, flags, 'codec');
  const keyring = await resolved.keyring();
  if (!keyring) throw new UsageError('encryption.keys is empty: there is nothing to decrypt');
  const { codecHost, codecPort, codecOrigins } = config.encryption;
  await using server = await startCodecServer({
    codec: createPayloadCodec(keyring),
    gate: await resolved.operatorGate(),
    isAllowedOrigin: (origin) => codecOrigins.includes(origin),
    hostGuard: createHostGuard(codecHost, toHosts(config)),
    host: codecHost,
    port: codecPort,
  });
  context.stdout.write(
    flags.json
      ? `${JSON.stringify({ codec_url: server.origin })}\n`
      : `The codec server listens on ${server.origin}, for pages of ${codecOrigins.join(', ') || 'no origin (encryption.codecOrigins)'}.\n`,
  );
  await untilAborted(context.interrupted);
  return EXIT.ok;
}

/** The names that may stand in `Host` and `Origin`: this server's own, and those of the UI. */
function toHosts({ encryption, server }: LoadedConfig): readonly string[] {
  return [...server.allowedHosts, ...encryption.codecOrigins.map((url) => new URL(url).hostname)];
}
