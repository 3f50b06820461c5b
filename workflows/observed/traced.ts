// What the interceptors of tasks and of deliveries share: to whom they report, and the trace context among the headers of a
// workflow, to be passed on to what the workflow starts.
import { proxySinks, type Headers } from '@temporalio/workflow';
import type { ObservationSink } from '../../src/contract/workflow/observation.ts';
import { TRACE_HEADER } from '../../src/contract/trace.ts';

/** The header of the trace alone; none where tracing is off. */
export function toTraced(headers: Headers): Headers {
  const header = headers[TRACE_HEADER];
  return header ? { [TRACE_HEADER]: header } : {};
}

/** Who hears the reports of a workflow. */
export function openSink(): ObservationSink {
  return proxySinks<{ observation: { [Name in keyof ObservationSink]: ObservationSink[Name] } }>()
    .observation;
}
