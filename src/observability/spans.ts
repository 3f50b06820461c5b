// The spans of Longhaul: a call of an agent, a task from start to end, an attempt. Each process sends its own; the context
// that joins them into one trace travels with the task. Invariant: no parameters, no results, no idempotency key in a span.
import {
  context,
  defaultTextMapGetter,
  defaultTextMapSetter,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Context,
  type Span,
  type Tracer,
} from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import type { RunningActivity, TaskEnd } from '../contract/workflow/observation.ts';
import { toTaskError } from '../contract/errors.ts';
import type { TraceContext } from '../contract/trace.ts';

interface TracedCall {
  /** What is asked for: `start`, `read` … */
  readonly method: string;
  readonly operation: string | null;
  /** The trace of the caller; without one, a new trace begins. */
  readonly parent: TraceContext | null;
}

export interface Spans {
  aroundCall<Result>(call: TracedCall, run: () => Promise<Result>): Promise<Result>;
  aroundStep<Result>(step: RunningActivity, run: () => Promise<Result>): Promise<Result>;
  /** A task, once it has ended. */
  task(end: TaskEnd, taskRef: string, parent: TraceContext | null): void;
  /** Says of the current span which task it is about. */
  about(taskRef: string): void;
  /** The context of the current span; `null` outside of any. */
  current(): TraceContext | null;
}

/** The attribute by which people find the trace of a task. */
const TASK_REF = 'longhaul.task_ref';

export function createSpans(tracer: Tracer): Spans {
  const around = async <Result>(
    span: Span,
    parent: Context,
    run: () => Promise<Result>,
  ): Promise<Result> => {
    try {
      return await context.with(trace.setSpan(parent, span), run);
    } catch (thrown) {
      fail(span, codeOf(thrown));
      throw thrown;
    } finally {
      span.end();
    }
  };
  return {
    aroundCall: async ({ method, operation, parent }, run) => {
      const within = toContext(parent);
      const name = operation === null ? method : `${method} ${operation}`;
      const attributes = { ...(operation !== null && { 'longhaul.operation': operation }) };
      return around(
        tracer.startSpan(name, { kind: SpanKind.SERVER, attributes }, within),
        within,
        run,
      );
    },
    aroundStep: async ({ type, attempt, queuedMs, taskRef, trace: parent }, run) => {
      const within = toContext(parent);
      const span = tracer.startSpan(
        `attempt ${type}`,
        {
          kind: SpanKind.CONSUMER,
          attributes: {
            'longhaul.attempt': attempt,
            'longhaul.queued_ms': queuedMs,
            [TASK_REF]: taskRef,
          },
        },
        within,
      );
      return around(span, within, run);
    },
    task: ({ operation, code, endedAt, tookMs }, taskRef, parent) => {
      if (!parent) return;
      const span = tracer.startSpan(
        `task ${operation}`,
        {
          startTime: endedAt - tookMs,
          attributes: { 'longhaul.operation': operation, [TASK_REF]: taskRef },
        },
        toContext(parent),
      );
      if (code !== null) fail(span, code);
      span.end(endedAt);
    },
    about: (taskRef) => {
      trace.getActiveSpan()?.setAttribute(TASK_REF, taskRef);
    },
    current: () => {
      const span = trace.getActiveSpan();
      return span ? toTraceContext(span) : null;
    },
  };
}

const W3C = new W3CTraceContextPropagator();

export function toTraceContext(span: Span): TraceContext {
  const carrier = { traceparent: '' };
  W3C.inject(trace.setSpan(ROOT_CONTEXT, span), carrier, defaultTextMapSetter);
  return carrier;
}

function toContext(parent: TraceContext | null): Context {
  return W3C.extract(ROOT_CONTEXT, parent ?? {}, defaultTextMapGetter);
}

function fail(span: Span, code: string): void {
  span.setAttribute('error.type', code);
  span.setStatus({ code: SpanStatusCode.ERROR });
}

/** An error of the table, or the type of Temporal's failure, which is one; never its message, which may quote the upstream. */
function codeOf(thrown: unknown): string {
  const { type } = (thrown ?? {}) as { readonly type?: unknown };
  return typeof type === 'string' ? type : toTaskError(thrown).code;
}
