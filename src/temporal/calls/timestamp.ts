// Instants, as Temporal sends them.

/** A protobuf timestamp in milliseconds since the epoch; 0 when there is none. */
export function toMs(
  time: { readonly seconds?: unknown; readonly nanos?: number | null } | null | undefined,
): number {
  return time ? Number(time.seconds ?? 0) * 1000 + Math.floor((time.nanos ?? 0) / 1e6) : 0;
}
