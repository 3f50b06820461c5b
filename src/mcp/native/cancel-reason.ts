// Why a client cancels a native task. The protocol has no field for it, and Claude Code, for one, cancels at once what is more than it
// takes: a model that finds such a task later is to understand what became of it.
import * as z from 'zod';
import type { Task } from '../../contract/task.ts';

/** What some clients send beside the handle. */
const given = z.looseObject({ reason: z.string().min(1).max(1_000) });

/** A cancel this soon after the start comes from the client itself, in milliseconds: no model and no person decides so fast. */
const AT_ONCE_MS = 5_000;

/** The reason that the client gives, or what can be known of it. */
export function toCancelReason(params: unknown, { createdAt }: Task, now = Date.now()): string {
  const parsed = given.safeParse(params);
  if (parsed.success) return parsed.data.reason;
  const ageMs = Math.max(0, now - createdAt);
  const said = `by tasks/cancel of the client, ${ageMs} ms after the task was created`;
  return ageMs < AT_ONCE_MS
    ? `${said}; clients that limit their background tasks cancel so what is above the limit`
    : said;
}
