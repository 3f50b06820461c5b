// The smallest workflow that does what a task of an empty operation does: one activity, then the result.
import { proxyActivities } from '@temporalio/workflow';

const { empty } = proxyActivities<{ empty(input: { text: string }): Promise<object> }>({
  startToCloseTimeout: '120s',
  heartbeatTimeout: '10s',
});

/** Runs the activity once. */
export async function rawTask(input: { text: string }): Promise<object> {
  return empty(input);
}
