// The activities of a worker: one type per operation, three for a job. An operation that this worker does not know is
// answered, not dropped: a newer worker may take the next attempt.
import { ApplicationFailure, Context } from '@temporalio/activity';
import type { ErrorCode } from '../src/contract/errors.ts';
import type { Json } from '../src/contract/json.ts';
import type { AttemptInput } from '../src/contract/task-input.ts';
import type { JobSteps, Operation } from '../src/operations/operation.ts';
import { runAttempt, type AttemptOptions } from './attempt.ts';
import { toLookFailure, toRunningFailure } from './poll.ts';

type Activity = (input: AttemptInput) => Promise<Json>;

/** The activities for these operations, by activity type. */
export function createActivities(
  operations: readonly Operation[],
  options: AttemptOptions,
): Record<string, Activity> {
  const entries = operations.flatMap(({ name, steps }): [string, Activity][] =>
    steps.kind === 'run'
      ? [
          [
            name,
            (input) =>
              runAttempt(input, options, (context) => steps.run(input.parameters, context)),
          ],
        ]
      : createJobActivities(name, steps, options),
  );
  return Object.fromEntries([...entries, ['default', refuse]]);
}

function createJobActivities(
  name: string,
  steps: JobSteps,
  options: AttemptOptions,
): [string, Activity][] {
  const job = ({ parameters, handle = null }: AttemptInput) => ({ parameters, handle });
  return [
    [
      `${name}.submit`,
      (input) => runAttempt(input, options, (context) => steps.submit(input.parameters, context)),
    ],
    [
      `${name}.poll`,
      async (input) => {
        const look = Context.current().info.attempt;
        const status = await runAttempt(input, options, (context) =>
          steps.poll(job(input), context),
        ).catch((failure: unknown) => {
          throw toLookFailure(failure, steps.polling, look) as Error;
        });
        if (!status.done) throw toRunningFailure(status, steps.polling, look);
        return status.result;
      },
    ],
    [
      `${name}.cancel`,
      (input) =>
        runAttempt(input, options, async (context) => {
          await steps.cancel?.(job(input), context);
          return steps.cancel !== undefined;
        }),
    ],
  ];
}

/** Retryable, whatever the table says: a job's poll goes on as soon as a worker that knows it is back. */
function refuse(): Promise<Json> {
  const { activityType } = Context.current().info;
  const failure = ApplicationFailure.create({
    type: 'UNKNOWN_OPERATION' satisfies ErrorCode,
    message: `no worker knows ${activityType}; start one with the configuration that defines it`,
    nonRetryable: false,
  });
  return Promise.reject(failure);
}
