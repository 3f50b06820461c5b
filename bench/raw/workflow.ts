// The smallest workflow that does what a task of an empty operation does: one activity, then the result; and one that others follow.
import { proxyActivities, sleep } from '@temporalio/workflow';

const { empty } = proxyActivities<{ empty(input: { text: string }): Promise<object> }>({
  startToCloseTimeout: '120s',
  heartbeatTimeout: '10s',
});

/** Runs the activity once. */
export async function rawTask(input: { text: string }): Promise<object> {
  return empty(input);
}

/** Takes so many seconds: what a task of somebody else's workflow follows. */
export async function order(seconds: number): Promise<string> {
  await sleep(seconds * 1000);
  return 'shipped';
}
