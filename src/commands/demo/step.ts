// What a step of the demo is, and what it works with. Invariant: what is printed as true has been checked.
import type { Agent } from './agent.ts';
import type { Product } from './product.ts';
import type { Teller } from './teller.ts';

/** A step of the story. */
export interface Step {
  readonly title: string;
  run(scene: Scene): Promise<void>;
}

/** What the steps share. */
export interface Scene {
  readonly product: Product;
  readonly agent: Agent;
  readonly teller: Teller;
  /** The handles so far, by idempotency key: what an agent would remember. */
  readonly taskRefs: Map<string, string>;
  /** Prints the claim as held. Fails the step when it does not hold, with what there was instead. */
  readonly hold: (claim: string, holds: boolean, instead: unknown) => void;
  /** Waits, in milliseconds, or until the demo is interrupted. */
  readonly pause: (ms: number) => Promise<void>;
}

/** A claim of the story that does not hold. */
export class StepFailure extends Error {
  override readonly name = 'StepFailure';
}

/** The task_ref that an earlier step got for a key. */
export function refOf({ taskRefs }: Scene, key: string): string {
  const taskRef = taskRefs.get(key);
  if (taskRef === undefined) throw new StepFailure(`no task was initiated with key ${key}`);
  return taskRef;
}
