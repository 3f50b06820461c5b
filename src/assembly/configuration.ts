// The configuration of a command, and the operations that it serves.
import { loadConfig, type LoadedConfig } from '../config/index.ts';
import { CONTROL_TOOL_NAMES } from '../mcp/control/tools.ts';
import { builtinOperations } from '../operations/builtin/index.ts';
import { createRegistry, withoutOperations, type Registry } from '../operations/registry.ts';
import type { CommandContext } from './context.ts';
import { toOverrides, type Flags } from './flags.ts';

/**
 * Loads the configuration, with the flags laid over it.
 *
 * @param startedBy whether a person runs the command, in a folder of their choice, or a client in whatever folder is open
 */
export async function loadConfiguration(
  { env, workingDirectory }: CommandContext,
  flags: Flags,
  startedBy: 'person' | 'client' = 'person',
): Promise<LoadedConfig> {
  return loadConfig({
    file: flags.config,
    workingDirectory,
    env,
    overrides: toOverrides(flags),
    needsApproval: startedBy === 'client',
    reservedNames: CONTROL_TOOL_NAMES,
  });
}

/** The operations of the configuration, and the built-in ones unless they are switched off. */
export function createConfiguredRegistry(config: LoadedConfig): Registry {
  const builtins = config.builtins === false ? [] : builtinOperations(config.httpRequest.allow);
  const own = new Set(config.operations.map(({ name }) => name));
  return createRegistry(
    [...config.operations, ...builtins.filter(({ name }) => !own.has(name))],
    config.policyDefaults,
    config.execution.lane,
  );
}

/** The operations without those that are switched off for this gateway. */
export function toOffered({ tools }: LoadedConfig, registry: Registry): Registry {
  const names = Object.keys(tools.operations).filter((name) => tools.operations[name] === false);
  return withoutOperations(registry, names);
}
