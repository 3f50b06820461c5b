// The trace context among the headers of a workflow, to be passed on to what the workflow starts.
import type { Headers } from '@temporalio/workflow';
import { TRACE_HEADER } from '../../src/contract/trace.ts';

/** The header of the trace alone; none where tracing is off. */
export function toTraced(headers: Headers): Headers {
  const header = headers[TRACE_HEADER];
  return header ? { [TRACE_HEADER]: header } : {};
}
