// A workflow as a careless change would leave it: it completes where the real one schedules its first attempt.

/** Named as the real one. */
export async function runTask(): Promise<string> {
  return Promise.resolve('done');
}
