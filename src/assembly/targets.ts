// The workflows of others that the operations of a configuration name.
import type { Registry } from '../operations/registry.ts';
import type { Targets } from '../operations/targets.ts';
import { createTargets } from '../temporal/follow/targets.ts';
import { UsageError } from './context.ts';
import type { InstalledConnection } from './open-temporal.ts';
import type { Settings } from './settings.ts';

/** @throws {UsageError} when an operation names a profile that cannot be used */
export function openTargets(
  { context: { env }, log }: Pick<Settings, 'context' | 'log'>,
  { all }: Registry,
  connected: InstalledConnection,
): Targets {
  const targets = createTargets(connected, env);
  for (const { operation } of all) {
    const { name, steps } = operation;
    if (steps.kind !== 'workflow') continue;
    if (connected.encryption) {
      log.warn(
        `operation ${name}: tasks are encrypted, but the arguments and the result of its workflow are readable for whoever reads its namespace`,
      );
    }
    try {
      targets.check(steps.place);
    } catch (failure) {
      throw new UsageError(`operation ${name}: workflow.profile: ${(failure as Error).message}`);
    }
  }
  return targets;
}
