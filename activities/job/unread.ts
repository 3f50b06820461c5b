// What one poll hands to the next: how many in a row could not be read, and where the job has moved. It travels in the heartbeat,
// which is all that Temporal hands on. When a lost worker takes it along, polling only lasts longer, and the job is looked for
// where its submit said.
import type { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { isJsonObject, type Json } from '../../src/contract/json.ts';

/** Polls in a row that may fail to be read: with the pauses between them, half a minute for a token that is being renewed. */
export const UNREAD_POLLS = 6;

/** Pause after the first poll that could not be read, in milliseconds; doubled after each that follows. */
export const UNREAD_PAUSE_MS = 1_000;

export function isUnread(failure: unknown): boolean {
  if (!(failure instanceof ApplicationFailure)) return false;
  const detail: unknown = failure.details?.[0];
  return isJsonObject(detail) && detail['unread'] === true;
}

/** How many polls before this one, in a row, could not be read. */
export function toUnreadBefore(heartbeatDetails: unknown): number {
  const unread = isJsonObject(heartbeatDetails) ? heartbeatDetails['unread'] : undefined;
  return typeof unread === 'number' ? unread : 0;
}

/** What the job's answers said that finds it; `undefined` where it has not moved since the submit. */
export function toMovedHandle(heartbeatDetails: unknown): Json | undefined {
  return isJsonObject(heartbeatDetails) ? heartbeatDetails['handle'] : undefined;
}

/** Passes the number, and where the job has moved, on to the next poll, beside the progress that was reported last. */
export function passOn(
  activity: Context,
  before: number,
  isUnreadNow: boolean,
  moved = toMovedHandle(activity.info.heartbeatDetails),
): void {
  if (before === 0 && !isUnreadNow && moved === undefined) return;
  const last: unknown = activity.info.heartbeatDetails;
  const progress = isJsonObject(last) ? last : {};
  activity.heartbeat({
    ...progress,
    unread: isUnreadNow ? before + 1 : 0,
    ...(moved !== undefined && { handle: moved }),
  });
}
