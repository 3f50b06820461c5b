// What a process is seen by: metrics, traces and the page that Prometheus reads.
export { watchFleet } from './fleet.ts';
export { observeTasks } from './observed-tasks.ts';
export { openTelemetry } from './open.ts';
export { createRefusalObserver, createRequestObserver, type RequestObserver } from './requests.ts';
export { createWorkerObserver } from './worker-observer.ts';
