// How a workflow of somebody else stands, read from where it says so. A hint: what cannot be read in time is left out, and the
// task is what it is.
import {
  decodeArrayFromPayloads,
  decodeMapFromPayloads,
} from '@temporalio/common/lib/internal-non-workflow/index.js';
import { searchAttributePayloadConverter } from '@temporalio/common/lib/converter/payload-search-attributes.js';
import type { temporal } from '@temporalio/proto';
import { isJsonObject } from '../../contract/json.ts';
import { parseProgress, toShare } from '../../contract/progress.ts';
import type { Target } from '../../contract/workflow/target.ts';
import type { Progress } from '../../contract/task.ts';
import { cut } from '../../contract/text.ts';
import type {
  ProgressSource,
  TargetReading,
  TargetState,
  ValueSource,
} from '../../operations/targets.ts';
import { withLimit } from '../calls/call-limit.ts';
import { toMs } from '../calls/timestamp.ts';
import { createWorkerPresence } from '../calls/worker-presence.ts';
import type { OpenPlace } from './places.ts';

type Description = temporal.api.workflowservice.v1.IDescribeWorkflowExecutionResponse;

/** Longest single call, in milliseconds. */
const CALL_MS = 2_000;

/** After what time a workflow whose task no worker takes is in trouble, in milliseconds. */
const TROUBLE_MS = 2_000;

/** Longest text of the workflow in an answer, in characters. */
const TEXT = 500;

/** Reads it. Rejects where Temporal does not answer. */
export async function readTarget(
  place: OpenPlace,
  target: Target,
  { progress, asks }: TargetReading,
): Promise<TargetState> {
  const { client, namespace } = place;
  const execution = { workflowId: target.workflowId };
  const described = await withLimit(client.connection, CALL_MS, async (): Promise<Description> =>
    client.workflowService.describeWorkflowExecution({ namespace, execution }),
  );
  const trouble = await findTrouble(place, target, described);
  // A query would wait for a worker that is not there.
  if (trouble !== null) return { progress: { fraction: null, message: trouble }, open: {} };
  const read = createReader(place, target, described);
  const [value, ...open] = await Promise.all([
    progress.from === 'heartbeat' ? readHeartbeat(place, described) : read(progress.from),
    ...Object.entries(asks).map(async ([key, ask]) => [key, await read(ask.when)] as const),
  ]);
  return {
    progress: toProgress(value, progress),
    open: Object.fromEntries(
      open.flatMap(([key, when]) => {
        if (when !== true && typeof when !== 'string') return [];
        const said = when === true || when === '' ? asks[key]?.message : cut(when, 4_096);
        return when === '' ? [] : [[key, said ?? key]];
      }),
    ),
  };
}

/** Reads a value; `null` where there is none. Each query is asked once. */
function createReader(
  place: OpenPlace,
  { workflowId }: Target,
  { workflowExecutionInfo: info }: Description,
): (source: ValueSource) => Promise<unknown> {
  const { client, namespace } = place;
  const queries = new Map<string, Promise<unknown>>();
  const query = async (name: string): Promise<unknown> =>
    withLimit(client.connection, CALL_MS, async () =>
      client.workflow.getHandle(workflowId).query<unknown>(name),
    ).catch(() => null);
  return async (source) => {
    if ('query' in source) {
      const known = queries.get(source.query) ?? query(source.query);
      queries.set(source.query, known);
      return known;
    }
    if ('memo' in source) {
      const context = { type: 'workflow', namespace, workflowId } as const;
      const converter = client.options.loadedDataConverter;
      const memo = await decodeMapFromPayloads(converter, info?.memo?.fields, context);
      return memo?.[source.memo] ?? null;
    }
    const payload = info?.searchAttributes?.indexedFields?.[source.searchAttribute];
    const values: unknown = payload && searchAttributePayloadConverter.fromPayload(payload);
    return Array.isArray(values) ? (values[0] as unknown) : (values ?? null);
  };
}

/** What the last activity has reported that the workflow waits for. */
async function readHeartbeat(
  { client }: OpenPlace,
  { pendingActivities }: Description,
): Promise<unknown> {
  const beating = (pendingActivities ?? []).findLast(({ heartbeatDetails }) => heartbeatDetails);
  const payloads = beating?.heartbeatDetails?.payloads;
  const [details] = await decodeArrayFromPayloads(
    client.options.loadedDataConverter,
    payloads,
  ).catch(() => [null]);
  return details ?? null;
}

/** A number, a text, or both. */
function toProgress(value: unknown, { scale }: ProgressSource): Progress | null {
  if (typeof value === 'number') return { fraction: toFraction(value / scale), message: null };
  if (typeof value === 'string') return { fraction: null, message: cut(value, TEXT, ' …') };
  const progress = isJsonObject(value) ? parseProgress(value) : null;
  if (!progress) return null;
  const { fraction, message } = progress;
  return {
    fraction: fraction === null ? null : toFraction(fraction / scale),
    message: message === null ? null : cut(message, TEXT, ' …'),
  };
}

function toFraction(value: number): number | null {
  return Number.isFinite(value) ? toShare(value) : null;
}

/** Why the workflow does not go on, where no worker takes its task, or every worker fails at it. */
async function findTrouble(
  { client, namespace }: OpenPlace,
  { taskQueue, type }: Target,
  { pendingWorkflowTask: task }: Description,
): Promise<string | null> {
  if (!task) return null;
  if ((task.attempt ?? 1) > 2) {
    return `its workers fail to run ${type}: ${(task.attempt ?? 2) - 1} attempts so far; the Temporal UI shows why`;
  }
  const since = toMs(task.originalScheduledTime ?? task.scheduledTime);
  if (since === 0 || Date.now() - since < TROUBLE_MS) return null;
  const isPresent = await createWorkerPresence(client, namespace)({ lane: 'workflow', taskQueue });
  return isPresent === false ? `no worker polls the task queue ${taskQueue}` : null;
}
