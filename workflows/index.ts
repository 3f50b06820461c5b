// The workflows that a worker runs. Each name is a workflow type: it stands in histories, and never changes.
export { runTask } from './task/run-task.ts';
export { deliverCallback } from './callbacks/deliver-callback.ts';
export { keepBreakers } from './breakers/keep-breakers.ts';
export { keepExclusiveWorker as keepSeat } from './exclusive/exclusive-worker.ts';
