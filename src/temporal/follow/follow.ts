// Following a workflow of somebody else: one long poll after the other on the event that closes its run, never a loop of reads.
// Invariant: the end that is told is the real one: a run that goes on in another, by a retry, as new or by a reset, is none.
import type { Client } from '@temporalio/client';
import {
  decodeArrayFromPayloads,
  decodeOptionalFailureToOptionalError,
} from '@temporalio/common/lib/internal-non-workflow/index.js';
import proto, { type temporal } from '@temporalio/proto';
import { OperationError } from '../../contract/errors.ts';
import { parseJson } from '../../contract/json/exact-number.ts';
import type { Json } from '../../contract/json.ts';
import type { Target } from '../../contract/workflow/target.ts';
import type { Following } from '../../operations/targets.ts';
import { NoAnswerError, withLimit } from '../calls/call-limit.ts';
import { createDescribe } from '../lanes/workflow/execution.ts';
import { hasStatus, isNotFound } from '../calls/failure.ts';
import { pause } from '../../contract/pause.ts';
import { toEndError } from './ending.ts';
import type { OpenPlace } from './places.ts';
import { isAway, toRefusal } from './refusal.ts';
import { refuseUnbegun } from './unbegun.ts';

type HistoryEvent = temporal.api.history.v1.IHistoryEvent;

const { HistoryEventFilterType } = proto.temporal.api.enums.v1;

/** What a poll gets beyond what the server is asked for, in milliseconds: the server answers a second before the limit. */
const SLACK_MS = 2_000;

/** Pause after a poll that failed, in milliseconds, and as much again by chance: thousands may fail at once. */
const AWAY_MS = 500;

/** Longest single call that is no poll, in milliseconds. */
const CALL_MS = 10_000;

/** Where following stands after a poll. */
type Seen =
  | { readonly kind: 'runs' }
  | { readonly kind: 'goes_on'; readonly runId: string }
  | { readonly kind: 'completed'; readonly result: Json };

/** Its result. Rejects with how it failed, and with the signal's reason. */
export async function followTarget(
  place: OpenPlace,
  target: Target,
  { signal, beginMs, beat, pollMs }: Following,
): Promise<Json> {
  let { runId } = target;
  const beginBy = beginMs === null ? Infinity : Date.now() + beginMs;
  let hasBegun = beginMs === null;
  for (;;) {
    signal.throwIfAborted();
    const untilMs = hasBegun ? pollMs : Math.min(pollMs, Math.max(0, beginBy - Date.now()));
    const seen = await poll(place, { ...target, runId }, untilMs, signal).catch(
      async (failure: unknown) => {
        signal.throwIfAborted();
        return survive(failure, place, target, signal);
      },
    );
    if (seen.kind === 'completed') return seen.result;
    if (seen.kind === 'goes_on') {
      ({ runId } = seen);
      hasBegun = true;
      continue;
    }
    await beat();
    if (!hasBegun && Date.now() >= beginBy) {
      await refuseUnbegun(place, { ...target, runId });
      hasBegun = true;
    }
  }
}

/** A poll that failed in a way that time mends is repeated; anything else ends the following. */
async function survive(
  failure: unknown,
  { namespace }: OpenPlace,
  target: Target,
  signal: AbortSignal,
): Promise<Seen> {
  if (failure instanceof OperationError) throw failure;
  if (isNotFound(failure)) throw toEndError({ kind: 'gone' }, target);
  if (!isAway(failure) && !hasStatus(failure, 'RESOURCE_EXHAUSTED')) {
    throw toUnfollowed(toRefusal(failure, `follow ${toName(target)}`, namespace), target);
  }
  if (!(failure instanceof NoAnswerError)) await pause(AWAY_MS * (1 + Math.random()), signal);
  return { kind: 'runs' };
}

/** Nobody knows what becomes of a workflow that cannot be followed. */
function toUnfollowed({ code, message, cause }: OperationError, target: Target): OperationError {
  const { workflowId: id, runId: run_id } = target;
  const details = { workflow: { id, run_id, may_go_on: true } };
  return new OperationError(code, `${message}; ${toName(target)} may go on`, { details, cause });
}

const toName = ({ workflowId }: Target): string => `the workflow ${workflowId}`;

async function poll(
  place: OpenPlace,
  target: Target,
  waitMs: number,
  signal: AbortSignal,
): Promise<Seen> {
  const { client, namespace } = place;
  const { workflowId, runId } = target;
  const page = await withLimit(
    client.connection,
    waitMs + SLACK_MS,
    async () =>
      client.workflowService.getWorkflowExecutionHistory({
        namespace,
        execution: { workflowId, runId },
        waitNewEvent: true,
        historyEventFilterType: HistoryEventFilterType.HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT,
      }),
    signal,
  );
  const event = page.history?.events?.[0];
  return event ? toSeen(event, place, target) : { kind: 'runs' };
}

async function toSeen(event: HistoryEvent, place: OpenPlace, target: Target): Promise<Seen> {
  const {
    workflowExecutionCompletedEventAttributes: completed,
    workflowExecutionFailedEventAttributes: failed,
    workflowExecutionTimedOutEventAttributes: timedOut,
    workflowExecutionContinuedAsNewEventAttributes: continued,
    workflowExecutionTerminatedEventAttributes: terminated,
  } = event;
  if (completed)
    return { kind: 'completed', result: await toResult(completed.result, place, target) };
  const next = (failed ?? timedOut ?? continued)?.newExecutionRunId;
  if (next) return { kind: 'goes_on', runId: next };
  if (failed) {
    const converter = place.client.options.loadedDataConverter;
    const failure = await decodeOptionalFailureToOptionalError(converter, failed.failure);
    throw toEndError({ kind: 'failed', failure }, target);
  }
  if (timedOut) throw toEndError({ kind: 'timed_out' }, target);
  if (!terminated) throw toEndError({ kind: 'cancelled' }, target);
  const reset = await findReset(place, target);
  if (reset !== null) return { kind: 'goes_on', runId: reset };
  throw toEndError({ kind: 'terminated', reason: terminated.reason ?? '' }, target);
}

/** A reset terminates the run and goes on in another one of the same chain. */
async function findReset({ client, namespace }: OpenPlace, target: Target): Promise<string | null> {
  const { workflowId, runId } = target;
  const describe = createDescribe(client, namespace, CALL_MS);
  const [latest, ended] = await Promise.all([describe(workflowId), describe(workflowId, runId)]);
  return latest && ended && latest.runId !== runId && latest.firstRunId === ended.firstRunId
    ? latest.runId
    : null;
}

async function toResult(
  payloads: temporal.api.common.v1.IPayloads | null | undefined,
  { client, namespace }: { readonly client: Client; readonly namespace: string },
  target: Target,
): Promise<Json> {
  const [payload] = payloads?.payloads ?? [];
  if (!payload) return null;
  const encoding = Buffer.from(payload.metadata?.['encoding'] ?? []).toString();
  const context = { type: 'workflow', namespace, workflowId: target.workflowId } as const;
  const refuse = (why: string) => toEndError({ kind: 'unreadable', why }, target);
  if (encoding === 'binary/plain')
    throw refuse('it is no JSON but bytes; let the workflow return JSON');
  try {
    if (encoding === 'json/protobuf') {
      return parseJson(Buffer.from(payload.data ?? []).toString()) as Json;
    }
    const converter = client.options.loadedDataConverter;
    const [value] = await decodeArrayFromPayloads(converter, [payload], context);
    return (value ?? null) as Json;
  } catch (failure) {
    throw refuse(
      encoding === 'binary/encrypted'
        ? 'it is encrypted, with a codec that Longhaul does not have'
        : `it is no JSON (encoding ${encoding === '' ? 'unknown' : encoding}): ${(failure as Error).message}`,
    );
  }
}
