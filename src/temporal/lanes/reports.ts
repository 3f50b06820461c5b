// What the attempts of an activity have reported, decoded: how far the latest is, and how the last one failed that did.
import type { LoadedDataConverter, SerializationContext } from '@temporalio/common';
import { decodeArrayFromPayloads } from '@temporalio/common/lib/internal-non-workflow/index.js';
import type { temporal } from '@temporalio/proto';

export interface Reports {
  readonly heartbeat: unknown;
  /** Type and first detail of the last failure that was reported; `null` when none was, or the attempt vanished. */
  readonly failure: { readonly type: string; readonly detail: unknown } | null;
}

export async function decodeReports(
  converter: LoadedDataConverter,
  {
    heartbeatDetails,
    lastFailure,
  }: Pick<temporal.api.workflow.v1.IPendingActivityInfo, 'heartbeatDetails' | 'lastFailure'>,
  context: SerializationContext,
): Promise<Reports> {
  const [heartbeat] = await decodeArrayFromPayloads(converter, heartbeatDetails?.payloads, context);
  const failure = lastFailure?.applicationFailureInfo;
  if (!failure) return { heartbeat: heartbeat ?? null, failure: null };
  const [detail] = await decodeArrayFromPayloads(converter, failure.details?.payloads, context);
  return { heartbeat: heartbeat ?? null, failure: { type: failure.type ?? '', detail } };
}
