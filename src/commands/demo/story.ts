// The story, in order. Later steps know the tasks of earlier ones by their idempotency keys.
import { afterTheCrash, crash, nothingIsLost } from './steps/crash.ts';
import { cancelled, failure, refusal } from './steps/endings.ts';
import { duplicate, handle } from './steps/handle.ts';
import { polling, waiting } from './steps/reading.ts';
import { start } from './steps/start.ts';
import type { Step } from './step.ts';

/** Every step, in order. */
export const STORY: readonly Step[] = [
  start,
  handle,
  duplicate,
  polling,
  waiting,
  failure,
  cancelled,
  refusal,
  crash,
  afterTheCrash,
  nothingIsLost,
];
