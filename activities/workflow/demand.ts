// What the activities of a workflow of another application need beside an attempt.
import { OperationError } from '../../src/contract/errors.ts';
import type { AttemptInput } from '../../src/contract/workflow/task-input.ts';
import type { Targets } from '../../src/operations/targets.ts';
import type { AttemptOptions } from '../attempt/attempt.ts';
import type { Followers } from './followers.ts';

/** What a worker has to follow workflows with. Fails with `INTERNAL` where it has nothing. */
export function demand({ targets, followers }: Pick<AttemptOptions, 'targets' | 'followers'>): {
  readonly targets: Targets;
  readonly followers: Followers;
} {
  if (targets && followers) return { targets, followers };
  throw new OperationError('INTERNAL', 'this worker cannot follow workflows');
}

/** The input of an activity that is about a workflow. */
export type Followed = AttemptInput & Required<Pick<AttemptInput, 'target'>>;
