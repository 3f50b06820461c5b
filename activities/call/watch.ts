// Polls of what waits for an answer. One that finds it waiting is a failed attempt, whose retry is the next poll. Invariant: while it
// waits they do not end, unless its server says nothing for several of them in a row.
import { Context } from '@temporalio/activity';
import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import type { Json } from '../../src/contract/json.ts';
import { STILL_HELD } from '../../src/contract/workflow/call.ts';
import type { AttemptInput } from '../../src/contract/workflow/task-input.ts';
import type { DeclaredContext } from '../../src/operations/context.ts';
import { runAttempt, type AttemptOptions } from '../attempt/attempt.ts';
import { toPoll, toPollFailure } from '../job/poll.ts';
import { isUnread, passOn, toUnreadBefore } from '../job/unread.ts';

/** The pauses are the workflow's, except after a poll of which nothing was heard. */
const NO_PAUSE = { initialIntervalMs: 0, backoffMultiplier: 1, maxIntervalMs: 0 };

export function toStillHeld(): ApplicationFailure {
  return ApplicationFailure.create({
    type: STILL_HELD,
    message: 'it waits for an answer still',
    category: ApplicationFailureCategory.BENIGN,
  });
}

/** Asks the server once; resolves when the task waits no more. */
export async function watchTask(
  input: AttemptInput,
  options: AttemptOptions,
  waits: (context: DeclaredContext) => Promise<boolean>,
): Promise<Json> {
  const activity = Context.current();
  const unread = toUnreadBefore(activity.info.heartbeatDetails);
  const isWaiting = await runAttempt(input, options, waits).catch((failure: unknown) => {
    passOn(activity, unread, isUnread(failure));
    throw toPollFailure(failure, NO_PAUSE, toPoll(activity.info, 0, unread)) as Error;
  });
  passOn(activity, unread, false);
  if (isWaiting) throw toStillHeld();
  return null;
}
