// Ending a workflow of somebody else, as its operation declares. Invariant: what is said of it was seen, not hoped.
import { OperationError } from '../../contract/errors.ts';
import type { Stopped, StopReason, Target } from '../../contract/workflow/target.ts';
import type { CancelMode } from '../../operations/targets.ts';
import { withLimit } from '../calls/call-limit.ts';
import { isNotFound } from '../calls/failure.ts';
import { followTarget } from './follow.ts';
import type { OpenPlace } from './places.ts';
import { toRefusal } from './refusal.ts';
import { findWhyUnbegun } from './unbegun.ts';

/** Longest single call, in milliseconds. */
const CALL_MS = 5_000;

/** How long a task whose time is over looks whether the cancel has taken effect, in milliseconds. */
const CONFIRM_MS = 1_000;

/** Stops it; a workflow that the task has only joined does not end with the task's time. */
export async function stopTarget(
  place: OpenPlace,
  target: Target,
  mode: CancelMode,
  reason: StopReason,
): Promise<Stopped> {
  const { workflowId } = target;
  const name = `the workflow ${workflowId}`;
  if (mode === 'leave') return { how: 'left', said: `${name} goes on, as the operation declares` };
  if (reason === 'limit' && target.joined) {
    return { how: 'left', said: `${name} goes on, since it ran before the task came` };
  }
  const { client, namespace } = place;
  const handle = client.workflow.getHandle(workflowId); // whichever run it goes on in
  const why = `the Longhaul task ${reason === 'cancel' ? 'was cancelled' : 'has no time left'}`;
  const unbegun = reason === 'limit' ? await findWhyUnbegun(place, target).catch(() => null) : null;
  try {
    await withLimit(client.connection, CALL_MS, async () =>
      mode === 'terminate' || unbegun !== null ? handle.terminate(why) : handle.cancel(),
    );
  } catch (failure) {
    if (!isNotFound(failure)) throw toRefusal(failure, `end ${name}`, namespace);
    return { how: 'ended', said: `${name} had ended already` };
  }
  if (unbegun !== null) return { how: 'terminated', said: `${unbegun}; ${name} was terminated` };
  if (mode === 'terminate') return { how: 'terminated', said: `${name} was terminated` };
  if (reason === 'cancel') return { how: 'requested', said: `${name} was asked to cancel` };
  return (await hasEnded(place, target))
    ? { how: 'ended', said: `${name} was asked to cancel, and has ended` }
    : { how: 'requested', said: `${name} was asked to cancel, and may go on until it does` };
}

async function hasEnded(place: OpenPlace, target: Target): Promise<boolean> {
  const over = AbortSignal.timeout(CONFIRM_MS);
  const beat = async () => Promise.resolve();
  try {
    await followTarget(place, target, { signal: over, beginMs: null, beat, pollMs: CONFIRM_MS });
    return true;
  } catch (failure) {
    return failure instanceof OperationError;
  }
}
