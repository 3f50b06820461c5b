// `longhaul stdio`: a session. It speaks MCP on stdout and attaches to the background worker, which outlives it. The
// protocol is served at once; Temporal is brought up beside it, since clients give a server a second or two to answer
// and start some processes only to probe.
import {
  ensureBackgroundWorker,
  superviseBackgroundWorker,
} from '../assembly/background/ensure.ts';
import { EXIT, type CommandContext, type ExitCode } from '../assembly/context.ts';
import { createDeferredTasks, type TasksBackend } from '../assembly/deferred-tasks.ts';
import type { Flags } from '../assembly/flags.ts';
import { openInOrder } from '../assembly/open-in-order.ts';
import { createFaces } from '../assembly/faces.ts';
import { openBackend, openProcess, type Process } from '../assembly/process.ts';
import type { Settings } from '../assembly/settings.ts';
import { addLease, openDataDirectory, removeLease } from '../local/index.ts';
import { serveStdioGateway } from '../mcp/stdio/gateway.ts';

/**
 * Serves one client until it closes the input.
 *
 * @param check throws where what was loaded is not to be served. Default: all is
 */
export async function stdio(
  context: CommandContext,
  flags: Flags,
  check?: (settings: Settings) => void,
): Promise<ExitCode> {
  await using parts = await openProcess(context, flags, 'stdio');
  check?.(parts);
  parts.upstreams.refresh().catch((error: unknown) => {
    parts.log.warn('the lists of the upstreams could not be read again', { error: String(error) });
  });
  await using tasks = createDeferredTasks((leaving) => {
    const interrupted = AbortSignal.any([context.interrupted, leaving]);
    return openSession({ ...parts, context: { ...context, interrupted } });
  }, parts.log);
  await serveStdioGateway({
    factory: createFaces(parts, tasks),
    signal: context.interrupted,
    input: context.stdin,
    output: context.protocol,
  });
  return EXIT.ok;
}

/** Reaches Temporal, and keeps a background worker as long as the session lives. */
async function openSession(parts: Process): Promise<TasksBackend> {
  const { context, config, role, log } = parts;
  return openInOrder(async (add) => {
    const backend = add(await openBackend(parts));
    const lease = await addLease(await openDataDirectory(config.dataDirectory), role);
    add({ [Symbol.asyncDispose]: () => removeLease(lease) });
    await ensureBackgroundWorker(context, config);
    add(
      superviseBackgroundWorker(context, config, (error) => {
        log.error('the background worker had to be looked after', { error: String(error) });
      }),
    );
    return { tasks: backend.tasks };
  });
}
