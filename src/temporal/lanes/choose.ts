// Which lane a task is started in.
import type { RegisteredOperation } from '../../operations/registry.ts';
import type { Lane, Lanes } from './lane.ts';
import type { Plan } from './plan.ts';

/** That of its operation, where the server has it, and a workflow where this one task needs what only a workflow can do. */
export function chooseLane(
  { workflow, activity }: Lanes,
  { lane }: Pick<RegisteredOperation, 'lane'>,
  { asked, batch, callbacks, delayMs }: Plan,
): Lane {
  const needsWorkflow = asked !== null || batch !== null || callbacks.length > 0 || delayMs > 0;
  return lane === 'workflow' || needsWorkflow ? workflow : (activity ?? workflow);
}
