// Whose payloads are read and written: what was encrypted for another activity is not read.
import type { SerializationContext } from '@temporalio/common';

export function toContext(namespace: string, activityId: string): SerializationContext {
  return { type: 'activity', namespace, activityId, isLocal: false };
}
