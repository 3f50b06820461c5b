// How errors of workflows say where they were thrown: by four frames, with their places in the bundle. The SDK makes an error without a
// message for each promise of a workflow, for a query that describes where it waits, and maps its frames to their sources: with the
// usual ten that is a fifth of what a task costs its worker. So those have no stack; where a task is stands in its status lines. What a
// workflow's isolate shares cannot be changed later, hence no exception where it is.
Reflect.set(Error, 'stackTraceLimit', 4);
Reflect.set(Error, 'prepareStackTrace', (error: Error, frames: readonly unknown[]) =>
  error.message === '' ? '' : [error, ...frames].join('\n    at '),
);
