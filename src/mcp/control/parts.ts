// What the tools of the pair are made from.
import type { Registry } from '../../operations/registry.ts';
import type { Discipline } from './read-throttle.ts';
import type { Waiting } from '../wait.ts';

/** What the tools of the pair are made from. */
export interface Pair extends Waiting {
  readonly registry: Registry;
  readonly discipline: Discipline;
  /** Whether a caller may name a callback, as far as the gateway's configuration goes. */
  readonly takesCallbackUrl: boolean;
}
