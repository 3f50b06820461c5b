// How many frames of a stack workflows keep: the one that threw. The SDK takes a stack for each promise of a workflow, for a query
// that describes where it waits, and maps every frame to its source: with the usual ten that is a fifth of what a task costs its worker.
// Where a task is stands in its status lines. What a workflow's isolate shares cannot be changed later, hence no exception where it is.
Reflect.set(Error, 'stackTraceLimit', 1);
