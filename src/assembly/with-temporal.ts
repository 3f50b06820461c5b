// What the commands of an operator begin with, who looks at what runs: configuration, operations, and a connection for as long
// as the look takes. Invariant: only errors are logged, since the answer is what the terminal is for.
import type { LoadedConfig } from '../config/index.ts';
import type { Registry } from '../operations/registry.ts';
import { createConfiguredRegistry, loadConfiguration } from './configuration.ts';
import type { CommandContext, ExitCode } from './context.ts';
import type { Flags } from './flags.ts';
import { openLog } from './log.ts';
import { openTemporal, type OpenTemporal } from './open-temporal.ts';
import { createResolved } from './resolved.ts';

/** What a look begins with. */
export interface Opened {
  readonly config: LoadedConfig;
  readonly registry: Registry;
  readonly temporal: OpenTemporal;
}

/**
 * Connects, looks, and disconnects.
 *
 * @param role what the embedded server knows this process as
 */
export async function withTemporal(
  context: CommandContext,
  flags: Flags,
  role: string,
  look: (opened: Opened) => Promise<ExitCode>,
): Promise<ExitCode> {
  const config = await loadConfiguration(context, flags);
  const registry = createConfiguredRegistry(config);
  const log = openLog(context, 'error');
  const report = (line: string) => void context.stderr.write(`${line}\n`);
  const resolved = createResolved(context, config);
  await using temporal = await openTemporal({ context, config, resolved, report, log }, role);
  return await look({ config, registry, temporal });
}
