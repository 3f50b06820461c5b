// The workflows of others that the operations of a configuration name.
import type { Registry } from '../operations/registry.ts';
import type { Targets } from '../operations/targets.ts';
import { createTargets } from '../temporal/follow/targets.ts';
import { UsageError, type CommandContext } from './context.ts';
import type { InstalledConnection } from './open-temporal.ts';

/**
 * Opens the way to them.
 *
 * @throws {UsageError} when an operation names a profile that cannot be used
 */
export function openTargets(
  { env }: Pick<CommandContext, 'env'>,
  { all }: Registry,
  connected: InstalledConnection,
): Targets {
  const targets = createTargets(connected, env);
  for (const { operation } of all) {
    const { name, steps } = operation;
    if (steps.kind !== 'workflow') continue;
    try {
      targets.check(steps.place);
    } catch (failure) {
      throw new UsageError(`operation ${name}: workflow.profile: ${(failure as Error).message}`);
    }
  }
  return targets;
}
