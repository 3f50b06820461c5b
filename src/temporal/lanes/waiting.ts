// What a task says whose next attempt is held back.
import type { Progress } from '../../contract/task.ts';

export const QUEUED: Progress = {
  fraction: null,
  message: 'waiting until fewer attempts of the same caller run',
};

export const WAITS: Progress = {
  fraction: null,
  message: 'waiting until the operation, which is switched off for the moment, is back',
};

export const PAUSED: Progress = {
  fraction: null,
  message: 'an operator has paused it in Temporal, and has to let it go on',
};
