// Workflows as a careless change would leave them: they complete where the real ones schedule their first activity.

/** Named as the real one. */
export async function runTask(): Promise<string> {
  return Promise.resolve('done');
}

/** Named as the real one. */
export async function deliverCallback(): Promise<string> {
  return Promise.resolve('done');
}
