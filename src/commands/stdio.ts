// `longhaul stdio`: a session. It speaks MCP on stdout and attaches to the background worker, which outlives it. The
// protocol is served at once; Temporal is brought up beside it, since clients give a server a second or two to answer
// and start some processes only to probe.
import { serveStdioGateway } from '../mcp/stdio/gateway.ts';
import { addLease, openDataDirectory, removeLease } from '../local/index.ts';
import {
  ensureBackgroundWorker,
  superviseBackgroundWorker,
} from '../assembly/background/ensure.ts';
import { createConfiguredRegistry, loadConfiguration } from '../assembly/configuration.ts';
import { EXIT, type CommandContext, type ExitCode } from '../assembly/context.ts';
import { createDeferredTasks } from '../assembly/deferred-tasks.ts';
import type { Flags } from '../assembly/flags.ts';
import { openLog } from '../assembly/log.ts';
import { openTemporal } from '../assembly/open-temporal.ts';
import { createFaces, createService, LOCAL, openConfiguredBreakers } from '../assembly/parts.ts';
import { openStorage } from '../assembly/storage.ts';
import { openTelemetry } from '../assembly/telemetry.ts';

/** What a session is to others on the data directory: as long as it lives, the background worker stays. */
const SESSION_ROLE = 'stdio';

/** Serves one client until it closes the input. */
export async function stdio(context: CommandContext, flags: Flags): Promise<ExitCode> {
  const config = await loadConfiguration(context, flags, 'client');
  const registry = createConfiguredRegistry(config);
  const log = openLog(context, config.observability.logLevel);
  const report = (line: string) => {
    log.info(line);
  };
  await using telemetry = await openTelemetry(config, registry, 'session');
  await using storage = await openStorage(context, config);
  const { files } = storage;
  await using tasks = createDeferredTasks(async (signal) => {
    const session = { ...context, interrupted: AbortSignal.any([context.interrupted, signal]) };
    const temporal = await openTemporal(session, config, {
      role: SESSION_ROLE,
      report,
      log,
      telemetry,
    });
    const { connected } = temporal;
    const breakers = await openConfiguredBreakers(config, registry, connected, log);
    const lease = await addLease(await openDataDirectory(config.dataDirectory), SESSION_ROLE);
    await ensureBackgroundWorker(context, config);
    const supervision = superviseBackgroundWorker(context, config, (error) => {
      log.error('the background worker had to be looked after', { error: String(error) });
    });
    return {
      tasks: createService(config, registry, { ...connected, breakers }, false, files),
      [Symbol.asyncDispose]: async () => {
        supervision[Symbol.dispose]();
        await removeLease(lease);
        await breakers[Symbol.asyncDispose]();
        await temporal[Symbol.asyncDispose]();
      },
    };
  }, log);
  const { onRefusal } = telemetry;
  const watched = { tasks: telemetry.observeTasks(tasks), log, onRefusal };
  await serveStdioGateway({
    factory: createFaces(config, registry, watched, LOCAL, files),
    signal: context.interrupted,
    input: context.stdin,
    output: context.protocol,
  });
  return EXIT.ok;
}
