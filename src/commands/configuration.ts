// The configuration of a command, and the operations that it serves.
import { loadConfig, type LoadedConfig } from '../config/index.ts';
import { builtinOperations } from '../operations/builtin/index.ts';
import { createRegistry, type Registry } from '../operations/registry.ts';
import type { CommandContext } from './context.ts';
import { toOverrides, type Flags } from './flags.ts';

/** Loads the configuration, with the flags laid over it. */
export async function loadConfiguration(
  { env, workingDirectory }: CommandContext,
  flags: Flags,
): Promise<LoadedConfig> {
  return loadConfig({ file: flags.config, workingDirectory, env, overrides: toOverrides(flags) });
}

/** The operations of the configuration, and the built-in ones unless they are switched off. */
export function createConfiguredRegistry(config: LoadedConfig): Registry {
  const builtins = config.builtins
    ? builtinOperations({ httpAllow: config.httpRequest.allow })
    : [];
  const own = new Set(config.operations.map(({ name }) => name));
  return createRegistry(
    [...config.operations, ...builtins.filter(({ name }) => !own.has(name))],
    config.policyDefaults,
  );
}
