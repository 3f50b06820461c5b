// What a task says whose attempt was sent back before it began.
import type { Progress } from '../../contract/task.ts';

export const QUEUED: Progress = {
  fraction: null,
  message: 'waiting until fewer attempts of the same caller run',
};

export const WAITS: Progress = {
  fraction: null,
  message: 'waiting until the operation, which is switched off for the moment, is back',
};
